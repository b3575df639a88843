#include "job/engine.hpp"

#include "base/digest.hpp"
#include "base/limits.hpp"
#include "base/mutation.hpp"
#include "base/text.hpp"
#include "job/codes.hpp"
#include "job/run_vars.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::job {

namespace {

constexpr const char* clock_setting = "clock";

constexpr const char* last_settings = "last:";

std::string last_setting(const std::string& job) { return last_settings + job; }
std::string start_setting(const std::string& job) { return "start:" + job; }

// Tells one schedule from another across restarts: instants of an older one are not missed instants of the new one.
std::string schedule_mark(const spec::schedule_spec& of) {
  std::string all = of.cron + '\n' + of.timezone + '\n' + std::to_string(of.every ? of.every->count() : 0);
  for (const instant at : of.at) all += '\n' + text::iso(at);
  return sha256_hex(all).substr(0, 16);
}

std::string last_value(instant last, const spec::schedule_spec& of) {
  return text::iso(last) + ' ' + schedule_mark(of);
}

bool is_timed(const spec::job_spec& job) { return job.enabled && job.schedule.any() && !job.schedule.on_start; }

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
      scheduler_(world_.clock, world_.timers, world_.log,
                 [this](std::vector<due_fire> due) { children_.spawn(fire_due(std::move(due))); }),
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

  std::string space = "pauses";
  auto pauses = co_await world_.ledger.recall_all(std::move(space), std::string(), limits::recall_names);
  if (!pauses) co_return pauses.error();
  for (const store::memory_row& row : *pauses) {
    const auto value = nlohmann::json::parse(row.value, nullptr, false);
    if (!value.is_object()) continue;
    job_pause pause{value.value("by", std::string("someone")), row.at, std::nullopt};
    if (value.contains("until")) pause.until = text::parse_iso(value.value("until", std::string()));
    if (pause.until && *pause.until <= world_.clock.now()) continue;
    if (pause.until) arm_pause(row.name, *pause.until);
    pauses_[row.name] = std::move(pause);
  }

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

// --- jobs ---

// What is in force is not asked of the ledger again: a reload need not wait for the writes of those at work.
task<result<>> engine::set_jobs(spec::job_list jobs) {
  spec::job_list fresh;  // whose schedule begins, or is another now
  for (const auto& job : jobs)
    if (is_timed(*job) && !keeps_schedule(*job)) fresh.push_back(job);
  std::map<std::string, std::string> stored;
  if (!fresh.empty()) {
    std::string prefix = last_settings;
    auto read = co_await world_.ledger.settings(std::move(prefix));
    if (!read) co_return read.error();
    stored = std::move(*read);
  }
  std::erase_if(coming_, [](const auto& one) { return one.second.expired(); });  // of jobs that are gone
  job_map now;
  for (auto& job : jobs) now.emplace(job->name, std::move(job));
  for (const auto& [name, job] : jobs_)
    if (!now.contains(name)) scheduler_.remove(name);
  const job_map before = std::move(jobs_);
  jobs_ = std::move(now);
  for (const auto& [name, job] : jobs_)
    if (!is_timed(*job)) scheduler_.remove(name);
  std::size_t written = 0;
  for (const auto& job : fresh) {
    const std::string& name = job->name;
    const spec::schedule_spec& schedule = job->schedule;
    auto when = spec::schedule::compile(schedule, name);
    if (!when) co_return when.error();  // the configuration was checked: only zone data can have gone
    const auto known = stored.find(last_setting(name));
    instant last = world_.clock.now();
    if (!before.contains(name) && known != stored.end()) {
      const std::string mark = ' ' + schedule_mark(schedule);
      if (known->second.ends_with(mark)) {
        const auto at = text::parse_iso(known->second.substr(0, known->second.size() - mark.size()));
        if (at) last = *at;
      }
    }
    std::string value = last_value(last, schedule);
    scheduler_.set(name, std::move(*when), last);
    if (pauses_.contains(name)) scheduler_.hold(name);
    if (known != stored.end() && known->second == value) continue;
    journal_.set(last_setting(name), std::move(value));
    if (++written % limits::ledger_group != 0) continue;
    const result<> kept = co_await journal_.commit();  // the ledger takes only so many at once
    if (!kept) co_return kept.error();
  }
  if (written == 0) co_return result<>();
  co_return co_await journal_.commit();
}

bool engine::keeps_schedule(const spec::job_spec& job) const {
  const auto old = jobs_.find(job.name);
  return old != jobs_.end() && old->second->schedule == job.schedule && scheduler_.last_of(job.name);
}

void engine::open() {
  opened_ = true;
  scheduler_.start();
  children_.spawn(fire_on_start());
  std::vector<std::string> waiting;
  for (const auto& [job, fires] : queued_) waiting.push_back(job);
  for (const std::string& job : waiting) start_queued(job);
}

// --- schedules ---

void engine::saw(instant now) {
  if (now <= latest_) return;
  latest_ = now;
  journal_.set(clock_setting, text::iso(now));
}

// Ten thousand fires may be due at once. The ledger begins with those at hand.
task<> engine::let_others_turn(std::size_t& fires) {
  if (++fires % limits::fires_per_turn != 0) co_return;
  journal_.flush();
  co_await asio::post(asio::use_awaitable);
}

task<> engine::fire_due(std::vector<due_fire> due) {
  std::vector<admitted> ready;
  ready.reserve(due.size());
  std::size_t turn = 0;
  for (const due_fire& one : due) {
    co_await let_others_turn(turn);
    const auto job = job_of(one.job);
    if (!job || !takes_fires()) continue;
    if (!mutated(mutation::instant_forgotten))
      journal_.set(last_setting(one.job), last_value(one.nominal, job->schedule));
    if (mutated(mutation::instant_kept_apart)) {
      const result<> kept = co_await journal_.commit();
      if (!kept || job_of(one.job) != job) continue;
    }
    const auto targets = targets_of(*job, {});
    if (!targets) {
      world_.log.error("job " + one.job + " did not fire: " + targets.error().describe(), {{"job", one.job}});
      continue;
    }
    ready.push_back(admit(job, new_fire(*job, one.missed ? "catch-up" : "schedule", "", one.nominal), *targets));
    if (!one.missed) ready.back().due = one.at;
  }
  saw(world_.clock.now());
  const result<> durable = co_await journal_.commit();
  if (!durable) co_return;
  const instant now = world_.clock.now();
  for (const admitted& one : ready)
    if (one.fire && one.due && world_.on_due) world_.on_due(std::max(now - *one.due, milliseconds(0)));
  for (admitted& one : ready) {
    begin(std::move(one));
    co_await let_others_turn(turn);
  }
}

// Once per start, not while the last fire is unfinished, and not again when a daemon restarts over and over.
task<> engine::fire_on_start() {
  std::vector<std::string> names, due;
  for (const auto& [name, job] : jobs_)
    if (job->enabled && job->schedule.on_start && !pauses_.contains(name)) names.push_back(name);
  for (const std::string& name :
       names) {  // all are read before the first is written: a read waits for what was written
    std::string setting = start_setting(name);
    const auto last = co_await world_.ledger.get(std::move(setting));
    if (!last) continue;
    const instant now = world_.clock.now();
    const auto before = *last ? text::parse_iso(**last) : std::nullopt;
    if (!before || now - *before >= limits::start_fire_gap || now < *before) due.push_back(name);
  }
  std::vector<admitted> ready;
  std::size_t turn = 0;
  for (const std::string& name : due) {
    co_await let_others_turn(turn);
    const auto job = job_of(name);
    if (!job || !takes_fires() || !running_of(name).empty()) continue;
    const auto targets = targets_of(*job, {});
    if (!targets) continue;
    const instant now = world_.clock.now();
    journal_.set(start_setting(name), text::iso(now));
    ready.push_back(admit(job, new_fire(*job, "start", "", now), *targets));
  }
  const result<> durable = co_await journal_.commit();
  if (!durable) co_return;
  for (admitted& one : ready) {
    begin(std::move(one));
    co_await let_others_turn(turn);
  }
}

store::fire_row engine::new_fire(const spec::job_spec& job, std::string cause, std::string by, instant due) {
  store::fire_row row;
  row.id = ids_.make();
  row.job = job.name;
  row.kind = std::string(spec::name(job.kind()));
  row.cause = std::move(cause);
  row.by = std::move(by);
  row.due = due;
  row.created = world_.clock.now();
  row.spec = job.text;
  row.vars = R"({"vars":{},"adopt":[]})";
  if (!job.vars.empty())
    if (const auto vars = typed_vars(job, {}))
      row.vars = nlohmann::json{{"vars", *vars}, {"adopt", nlohmann::json::array()}}.dump();
  return row;
}

// --- the end ---

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
