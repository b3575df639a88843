// What had its effect and is waited for: looked at together, as seldom as its kind says.
#include "base/limits.hpp"
#include "job/codes.hpp"
#include "job/leg.hpp"

namespace triggerd::job {

task<> leg_runner::watch() {
  while (!ended()) {
    if (!waiting_.empty()) {
      co_await observe_once();
      co_await doze();
      continue;
    }
    if (workers_ == 0 && !planning_) co_return;
    co_await moved_.wait(cancel_);
  }
}

task<> leg_runner::observe_once() {
  unseen_ = false;
  std::vector<store::action_row> rows;
  rows.reserve(waiting_.size());
  for (const auto& [number, row] : waiting_) rows.push_back(row);
  const leg_view seen = view();
  target::access by = *access_;
  const memory remembered(world_.writes.reads());
  const std::span<const store::action_row> all(rows);
  const observed looked = co_await kind_.observe(seen, all, std::move(by), remembered);
  for (const observed::settled& change : looked.changes) {
    const auto at = waiting_.find(change.number);
    if (at == waiting_.end()) continue;
    store::action_row row = at->second;
    take_notes(row, change.what);
    settle(row, change.what);
    if (change.what.state == effect_state::waiting) {
      at->second = row;
      if (change.what.makes_room) make_room(row);
      continue;
    }
    waiting_.erase(change.number);
    close_up(row);
  }
  auto wait = std::clamp<milliseconds>(looked.look_again, limits::shortest_look, limits::longest_look);
  if (unseen_) wait = std::min<milliseconds>(wait, limits::watch_soonest);
  next_look_ = world_.clock.steady() + wait;
}

// Until the next look is due, or nothing is left to look at.
task<> leg_runner::doze() {
  while (!ended() && !waiting_.empty()) {
    const std::chrono::nanoseconds left = next_look_ - world_.clock.steady();
    if (left.count() <= 0) co_return;
    dozing_.emplace();
    const auto wake = [this] { dozing_->request(); };
    const cancellation::listener on_end(cancel_, wake);
    co_await sleep_for(world_.timers, world_.clock, left, *dozing_);
  }
}

// What begins to wait is not left to a look that was planned for older ones.
void leg_runner::look_soon() {
  unseen_ = true;
  next_look_ = std::min(next_look_, world_.clock.steady() + steady_time::duration(limits::watch_soonest));
  if (dozing_) dozing_->request();
}

// The leg ends before they do. Their effect stands; only the watching stops.
void leg_runner::let_go_of_waiting() {
  const bool late = ending_ == ending::timed_out;
  auto left = std::move(waiting_);
  waiting_.clear();
  for (auto& [number, row] : left) {
    effect became;
    became.state = late ? effect_state::failed : effect_state::done;
    became.drop_body = true;
    if (late) became.code = std::string(codes::timeout.name);
    became.note = "its end was not waited for";
    if (!row.note.empty()) became.note = row.note + "; " + *became.note;
    settle(row, became);
    close_up(row);
  }
}

}  // namespace triggerd::job
