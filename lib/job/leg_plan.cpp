// Where a leg's actions come from: the kind's planner, and the ledger after a restart.
#include "base/digest.hpp"
#include "base/limits.hpp"
#include "base/mutation.hpp"
#include "job/codes.hpp"
#include "job/leg.hpp"

namespace triggerd::job {

namespace {

std::string spool_name(const store::action_row& row) {
  return row.fire + "-" + sha256_hex(row.target).substr(0, 8) + "-" + std::to_string(row.number);
}

}  // namespace

task<> leg_runner::recover() {
  if (!co_await count_done()) co_return;
  recovered_below_ = next_number_;
  const bool plan_anew = !may_have_replayed() && (volatile_ || (pace_.whole && !row_.planned));
  std::uint64_t from = 0;
  for (;;) {
    std::string fire = fire_.id;
    std::string target = row_.target;
    auto page = co_await world_.writes.reads().actions(std::move(fire), std::move(target), from,
                                                       limits::actions_in_memory, true);
    if (!page) {
      broken_ = page.error();
      co_return;
    }
    for (store::action_row& row : *page) {
      from = row.number + 1;
      if (row.state == store::action_state::intended && plan_anew) void_action(row);
      else restore(std::move(row));
    }
    if (page->size() < limits::actions_in_memory) break;
  }
  if (!plan_anew) co_return;
  row_.planned = false;
  volatile_ = false;
  position_.clear();
  save();
}

// The leg's row was written last with what did not count by itself.
task<bool> leg_runner::count_done() {
  if (mutated(mutation::done_uncounted)) co_return true;
  std::string fire = fire_.id;
  std::string target = row_.target;
  const auto done = co_await world_.writes.reads().done_actions(std::move(fire), std::move(target), row_.attempt);
  if (!done) {
    broken_ = done.error();
    co_return false;
  }
  items_ok_ += *done - std::min(*done, row_.done);
  row_.done = *done;
  co_return true;
}

// Rows beyond what memory should hold are read again when their turn comes.
void leg_runner::restore(store::action_row row) {
  if (row.state == store::action_state::waiting) {
    open_up(row);
    waiting_.emplace(row.number, std::move(row));
    return;
  }
  if (more_stored_ || ready_.size() >= limits::actions_in_memory) {
    if (!more_stored_) load_from_ = row.number;
    more_stored_ = true;
    return;
  }
  make_ready(std::move(row));
}

void leg_runner::make_ready(store::action_row row) {
  entry one;
  one.restarted = may_have_left(row);
  one.resolve_first = one.restarted;
  one.row = std::move(row);
  ready_.push_back(std::move(one));
}

// For what must not be sent twice, `tries` is durable before the first byte: none means that it never left, or had no
// effect. A ledger that is a copy says so only of the time before; what an operator let go again was settled in between.
bool leg_runner::may_have_left(const store::action_row& row) const {
  if (row.number >= recovered_below_) return false;
  return !once_ || row.tries > 0 || (!row.settled && row.intended <= world_.copied_until);
}

// A replay has no key: what this fire planned and sent after the ledger was copied cannot be found again.
bool leg_runner::may_have_replayed() const {
  return job_.kind() == spec::job_kind::replay && fire_.created <= world_.copied_until;
}

task<> leg_runner::refill() {
  refilling_ = true;
  std::string fire = fire_.id;
  std::string target = row_.target;
  const std::uint64_t from = load_from_;
  auto page =
      co_await world_.writes.reads().actions(std::move(fire), std::move(target), from, limits::actions_in_memory, true);
  refilling_ = false;
  if (!page) {
    broken_ = page.error();
    more_stored_ = false;
    moved();
    co_return;
  }
  more_stored_ = page->size() == limits::actions_in_memory;
  for (store::action_row& row : *page) {
    load_from_ = row.number + 1;
    if (row.state == store::action_state::intended) make_ready(std::move(row));
  }
  moved();
}

task<> leg_runner::plan() {
  if (row_.planned) co_return;
  plan_view_.emplace(view());
  std::string position = position_;
  target::access by = *access_;
  const memory remembered(world_.writes.reads());
  auto made = co_await kind_.plan(*plan_view_, std::move(position), std::move(by), remembered, cancel_);
  if (ended()) co_return;
  if (!made) {
    broken_ = made.error();
    co_return;
  }
  planner_ = std::move(*made);
  co_await plan_steps();
  if (broken_ && pace_.whole) void_planned();
}

task<> leg_runner::plan_steps() {
  const std::size_t group = pace_.whole ? limits::actions_in_memory : std::max<std::size_t>(pace_.concurrent / 2, 1);
  while (co_await room_to_plan()) {
    auto step = co_await planner_->next();
    if (ended()) co_return;
    if (!step) {
      broken_ = step.error();
      break;
    }
    row_.planned = !step->has_value();
    if (row_.planned) break;
    co_await take_step(**step);
    if (unwritten_.size() < group) continue;
    const bool durable = co_await make_durable();
    if (!durable) co_return;
  }
  if (!ended()) co_await make_durable();
}

// A whole plan is written as it comes; a stream is never far ahead of what is sent, and goes on when half of that is left:
// every step of it is a row of the leg and a turn of the loop.
task<bool> leg_runner::room_to_plan() {
  while (!ended() && !pace_.whole && unwritten_.size() + ready_.size() >= most_ready()) {
    if (!unwritten_.empty()) {
      const bool durable = co_await make_durable();
      if (!durable) co_return false;
    }
    if (ready_.size() <= most_ready() / 2) break;
    co_await used_up_.wait(cancel_);
  }
  co_return !ended();
}

task<> leg_runner::take_step(plan_step& step) {
  if (auto* action = std::get_if<planned_action>(&step)) {
    co_await take_action(*action);
  } else if (const auto* reject = std::get_if<planned_reject>(&step)) {
    take_reject(*reject);
  } else if (const auto* said = std::get_if<plan_note>(&step)) {
    world_.log.info(said->text, {{"job", job_.name}, {"fire", fire_.id}, {"target", row_.target}});
    world_.events.publish(
        {.kind = "notice", .job = job_.name, .fire = fire_.id, .target = row_.target, .text = said->text});
  } else if (auto* memory_change = std::get_if<planned_memory>(&step)) {
    for (store::memory_row& row : memory_change->remember) remember(std::move(row));
    for (auto& [space, name] : memory_change->forget) world_.writes.forget(std::move(space), std::move(name));
  } else if (const auto* wait = std::get_if<plan_wait>(&step)) {
    std::string before = row_.note;
    note("planning waits: " + wait->why.describe());
    co_await sleep_for(world_.timers, world_.clock, wait->how_long, cancel_);
    if (!ended()) note(std::move(before));  // what failed earlier is not forgotten for it
  }
}

task<> leg_runner::take_action(planned_action& step) {
  entry one;
  one.row = std::move(step.row);
  one.row.fire = fire_.id;
  one.row.target = row_.target;
  one.row.number = next_number_++;
  one.row.attempt = row_.attempt;
  one.row.state = store::action_state::intended;
  one.row.intended = world_.clock.now();
  one.body.values = std::move(step.values);
  if (mutated(mutation::values_in_ledger) && one.body.values) one.row.body = std::string(one.body.values->expose());
  volatile_ = volatile_ || step.volatile_body;
  once_ = once_ || step.once;
  if (!step.position.empty()) position_ = std::move(step.position);
  if (one.row.body.size() > limits::body_in_row) {
    one.body.stored = std::make_shared<const std::string>(std::exchange(one.row.body, {}));
    std::shared_ptr<const std::string> body = one.body.stored;
    const bool spooled = co_await spool_body(one.row, std::move(body));
    if (!spooled) co_return;
  } else if (!one.row.body.empty()) {
    one.body.stored = std::make_shared<const std::string>(one.row.body);
  }
  for (store::memory_row& row : step.remember) remember(std::move(row));
  ++row_.actions;
  row_.items += one.row.items;
  world_.writes.put(one.row);
  one.row.body.clear();
  unwritten_.push_back(std::move(one));
}

// Waits while the spool is full or the disk refuses: what is acknowledged makes room.
task<bool> leg_runner::spool_body(store::action_row& row, std::shared_ptr<const std::string> body) {
  row.spool = spool_name(row);
  while (!ended()) {
    std::string name = row.spool;
    std::shared_ptr<const std::string> shared = body;
    const result<> written = co_await world_.spool.write(std::move(name), std::move(shared));
    if (written) co_return true;
    note(written.error().describe());
    co_await sleep_for(world_.timers, world_.clock, limits::disk_probe, cancel_);
  }
  co_return false;
}

void leg_runner::take_reject(const planned_reject& step) {
  ++row_.rejected;
  if (!step.position.empty()) position_ = step.position;
  if (!step.file.empty()) {
    std::string line = step.raw;
    if (line.empty() || line.back() != '\n') line += '\n';
    if (const auto kept = world_.rejects.append(step.file, line); !kept) broken_ = kept.error();
  }
  if (row_.rejected <= limits::rejects_told)
    world_.log.warning("line " + std::to_string(step.line) + " was rejected: " + step.reason,
                       {{"job", job_.name}, {"fire", fire_.id}, {"target", row_.target}});
}

// Rows, position and memory become durable together; only then may the actions go.
task<bool> leg_runner::make_durable() {
  save();
  std::vector<entry> now = std::move(unwritten_);
  unwritten_.clear();
  result<> done;
  if (!mutated(mutation::send_before_durable)) done = co_await world_.writes.commit();
  if (!done) {
    end(ending::suspended);
    co_return false;
  }
  for (entry& one : now) {
    const bool keep = !pace_.whole || volatile_ || ready_.size() < limits::actions_in_memory;
    if (keep && !more_stored_) {
      ready_.push_back(std::move(one));
    } else if (!more_stored_) {
      load_from_ = one.row.number;
      more_stored_ = true;
    }
  }
  moved();
  co_return true;
}

// Planning failed before anything was sent: nothing of it is.
void leg_runner::void_planned() {
  for (const entry& one : unwritten_) void_action(one.row);
  for (const entry& one : ready_) void_action(one.row);
  unwritten_.clear();
  ready_.clear();
  more_stored_ = false;
}

void leg_runner::void_action(const store::action_row& row) {
  store::action_change gone = change_of(row);
  gone.state = store::action_state::cancelled;
  gone.note = std::string(row.tries > 0 ? "may have been sent" : "never sent") + "; planned anew or not at all";
  gone.drop_body = true;
  gone.settled = world_.clock.now();
  world_.writes.change(std::move(gone));
  if (row_.actions > 0) --row_.actions;
  row_.items -= std::min(row_.items, row.items);
  if (!row.spool.empty()) children_.spawn(drop_spool(row.spool));
}

}  // namespace triggerd::job
