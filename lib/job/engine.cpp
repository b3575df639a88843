#include "job/engine.hpp"

#include "base/limits.hpp"
#include "base/mutation.hpp"
#include "base/text.hpp"
#include "job/codes.hpp"

namespace triggerd::job {

namespace {

constexpr const char* clock_setting = "clock";

}  // namespace

std::string_view name(engine_state s) {
  switch (s) {
    case engine_state::starting: return "starting";
    case engine_state::running: return "running";
    case engine_state::draining: return "draining";
    case engine_state::stopping: return "stopping";
    case engine_state::clock_held: return "clock-held";
    case engine_state::disk: break;
  }
  return "disk";
}

engine::engine(engine_world world)
    : world_(std::move(world)),
      journal_(world_.ledger, world_.loop, world_.timers, world_.clock, world_.log),
      kind_world_{world_.clock, world_.random, world_.inputs, world_.digest_key},
      leg_world_{world_.loop,
                 world_.clock,
                 world_.timers,
                 world_.random,
                 world_.log,
                 journal_,
                 world_.spool,
                 world_.targets,
                 world_.rejects,
                 world_.events,
                 [this](spec::job_kind of) -> kind& { return *kinds_.at(of); },
                 shared_,
                 shared_moved_},
      ids_(world_.clock, world_.random),
      scheduler_(world_.clock, world_.timers, world_.log, [this] { children_.spawn(fire_due()); }),
      children_(world_.loop) {
  kinds_[spec::job_kind::trigger] = make_trigger_kind(kind_world_);
  kinds_[spec::job_kind::batch] = make_batch_kind(kind_world_);
  kinds_[spec::job_kind::replay] = make_replay_kind(kind_world_);
  kinds_[spec::job_kind::env_sync] = make_env_sync_kind(kind_world_);
  journal_.on_change([this] {
    world_.events.publish({.kind = "ledger",
                           .state = journal_.well() ? "writable" : "disk",
                           .level = journal_.well() ? event_level::info : event_level::error,
                           .text = journal_.well() ? "the ledger can be written again" : journal_.trouble()});
  });
}

engine::~engine() {
  for (const auto& [job, timer] : pause_timers_) world_.timers.disarm(timer);
}

// --- recovery ---

task<result<>> engine::recover() {
  auto spooled = co_await world_.ledger.spooled();
  if (!spooled) co_return spooled.error();
  std::vector<std::string> keep = std::move(*spooled);
  const auto swept = co_await world_.spool.sweep(std::move(keep));
  if (!swept) world_.log.warning("the spool could not be swept: " + swept.error().describe(), {});

  std::string setting = clock_setting;
  const auto clock = co_await world_.ledger.get(std::move(setting));
  if (!clock) co_return clock.error();
  if (*clock)
    if (const auto seen = text::parse_iso(**clock)) latest_ = *seen;
  if (latest_ - world_.clock.now() > world_.clock_jump_tolerance) {
    scheduler_.hold_until(latest_);
    world_.log.warning("the clock stands before the ledger's last instant " + text::iso(latest_) +
                           "; schedules are held until it has passed",
                       {});
  }

  std::string copied = store::restored_setting;
  const auto until = co_await world_.ledger.get(std::move(copied));
  if (!until) co_return until.error();
  if (*until) leg_world_.copied_until = text::parse_iso(**until).value_or(instant());

  const auto pauses = co_await recover_pauses();
  if (!pauses) co_return pauses.error();

  auto fires = co_await world_.ledger.unfinished_fires();
  if (!fires) co_return fires.error();
  for (store::fire_row& row : *fires) {
    std::string id = row.id;
    auto legs = co_await world_.ledger.legs(std::move(id));
    if (!legs) co_return legs.error();
    if (const auto taken = take_up(std::move(row), std::move(*legs)); !taken)
      world_.log.error(taken.error().describe(), {{"code", taken.error().code.name}});
  }
  co_return co_await journal_.commit();
}

// A fire of an earlier process: goes on, or waits for its turn as it did.
result<> engine::take_up(store::fire_row row, std::vector<store::leg_row> legs) {
  auto job = world_.decode(row.spec);
  if (!job) {
    row.state = store::fire_state::failed;
    row.ended = world_.clock.now();
    row.note = "its stored job cannot be read any more: " + job.error().message;
    journal_.put(row);
    return fail(codes::unknown_job, "fire " + row.id + " ended: " + row.note);
  }
  const bool waits = row.state == store::fire_state::queued;
  const std::string name = job->name;
  auto spec = std::make_shared<const spec::job_spec>(std::move(*job));
  auto fire = std::make_unique<fire_runner>(leg_world_, std::move(spec), std::move(row), std::move(legs), true);
  if (waits) queued_[name].push_back(std::move(fire));
  else launch(std::move(fire));
  return {};
}

// --- life ---

void engine::open() {
  opened_ = true;
  scheduler_.start();
  children_.spawn(fire_on_start());
  std::vector<std::string> waiting;
  for (const auto& [job, fires] : queued_) waiting.push_back(job);
  for (const std::string& job : waiting) start_queued(job);
}

void engine::begin_drain() {
  draining_ = true;
  scheduler_.stop();
}

task<> engine::wait_until_idle(cancellation& cancel) {
  while (!running_.empty() && !cancel.requested()) co_await idle_.wait(cancel);
  while (mutated(mutation::drain_without_deadline) && !running_.empty()) co_await idle_.wait();
}

task<> engine::close() {
  begin_drain();
  closed_ = true;
  plans_end_.request();
  journal_.wait_no_longer();
  for (const auto& [id, fire] : running_) fire->end(ending::suspended);
  co_await children_.join();
  queued_.clear();
  co_await journal_.commit();
  co_await journal_.close();
}

void engine::saw(instant now) {
  if (now <= latest_) return;
  latest_ = now;
  journal_.set(clock_setting, text::iso(now));
}

void engine::clock_changed() {
  const instant now = world_.clock.now();
  if (latest_ - now > world_.clock_jump_tolerance) {
    scheduler_.hold_until(latest_);
    world_.log.warning("the clock was set back to " + text::iso(now) + ", before the ledger's last instant " +
                           text::iso(latest_) + "; schedules are held until it has passed",
                       {});
  } else {
    world_.log.notice("the clock was set; it is " + text::iso(now) + " now", {});
  }
  scheduler_.clock_changed();
}

}  // namespace triggerd::job
