#include "job/fire.hpp"

namespace triggerd::job {

namespace {

bool is_open(store::leg_state s) { return s == store::leg_state::pending || s == store::leg_state::running; }

}  // namespace

store::fire_state together(const std::vector<store::leg_row>& legs) {
  using store::fire_state;
  using store::leg_state;
  bool failed = false, unknown = false, cancelled = false, done = false;
  for (const store::leg_row& leg : legs) {
    failed = failed || leg.state == leg_state::failed;
    unknown = unknown || leg.state == leg_state::unknown;
    cancelled = cancelled || leg.state == leg_state::cancelled;
    done = done || leg.state == leg_state::done;
  }
  if (unknown) return fire_state::unknown;  // somebody must look, whatever else went wrong
  if (failed) return fire_state::failed;
  if (cancelled) return fire_state::cancelled;
  return done || legs.empty() ? fire_state::done : fire_state::skipped;
}

fire_runner::fire_runner(leg_world& world, std::shared_ptr<const spec::job_spec> job, store::fire_row row,
                         std::vector<store::leg_row> legs, bool recovered)
    : world_(world), job_(std::move(job)), row_(std::move(row)), recovered_(recovered), children_(world.loop) {
  for (store::leg_row& leg : legs) slots_.push_back({std::move(leg), nullptr});
}

fire_runner::~fire_runner() = default;

task<> fire_runner::run() {
  row_.state = store::fire_state::running;
  world_.events.publish({.kind = "fire-started",
                         .job = job_->name,
                         .fire = row_.id,
                         .state = "running",
                         .text = row_.cause + ", " + std::to_string(slots_.size()) + " targets"});
  const std::size_t width =
      std::min<std::size_t>(std::max(1u, job_->parallel), std::max<std::size_t>(slots_.size(), 1));
  for (std::size_t i = 0; i < width; ++i) children_.spawn(work());
  co_await children_.join();
  if (suspended()) co_return;
  conclude();
  const result<> durable = co_await world_.writes.commit();
  if (!durable) {
    ending_ = ending::suspended;
    co_return;
  }
  const bool bad = row_.state == store::fire_state::failed || row_.state == store::fire_state::unknown;
  world_.events.publish({.kind = "fire-ended",
                         .job = job_->name,
                         .fire = row_.id,
                         .state = std::string(store::name(row_.state)),
                         .level = bad ? event_level::error : event_level::info,
                         .text = row_.note});
}

task<> fire_runner::work() {
  while (next_ < slots_.size() && ending_ != ending::suspended) {
    slot& mine = slots_[next_++];
    if (!is_open(mine.row.state)) continue;
    const bool begun = recovered_ && mine.row.state == store::leg_state::running;
    mine.runner = std::make_unique<leg_runner>(world_, *job_, row_, std::move(mine.row), begun);
    if (ending_ != ending::none) mine.runner->end(ending_);
    children_.spawn(see_through(mine));
    while (!mine.lets_on) co_await moved_.wait();
  }
}

task<> fire_runner::see_through(slot& mine) {
  const std::function<void()> let_on = [this, &mine] {
    mine.lets_on = true;
    moved_.notify_all();
  };
  co_await mine.runner->run(let_on);
  mine.row = mine.runner->row();
  if (ending_ != ending::suspended && mine.runner->suspended()) end(ending::suspended);
  const bool bad = mine.row.state == store::leg_state::failed || mine.row.state == store::leg_state::unknown;
  if (bad && job_->stop_on_failure) skip_the_rest();
  let_on();
}

void fire_runner::skip_the_rest() {
  for (; next_ < slots_.size(); ++next_) {
    store::leg_row& row = slots_[next_].row;
    if (!is_open(row.state)) continue;
    row.state = store::leg_state::skipped;
    row.note = "another target failed, and the job stops then";
    row.ended = world_.clock.now();
    world_.writes.put(row);
  }
}

void fire_runner::end(ending why) {
  if (ending_ != ending::none) return;
  ending_ = why;
  for (slot& one : slots_)
    if (one.runner) one.runner->end(why);
}

std::vector<fire_runner::leg_now> fire_runner::legs() const {
  std::vector<leg_now> out;
  for (const slot& one : slots_) {
    if (one.runner) out.push_back({one.runner->row(), one.runner->reply_times()});
    else out.push_back({one.row, {}});
  }
  return out;
}

void fire_runner::conclude() {
  std::vector<store::leg_row> rows;
  for (const slot& one : slots_) rows.push_back(one.row);
  row_.state = together(rows);
  row_.ended = world_.clock.now();
  row_.note.clear();
  for (const store::leg_row& leg : rows) {
    const bool bad = leg.state == store::leg_state::failed || leg.state == store::leg_state::unknown;
    if (!bad || leg.note.empty()) continue;
    row_.note = leg.target + ": " + leg.note;
    break;
  }
  world_.writes.put(row_);
}

}  // namespace triggerd::job
