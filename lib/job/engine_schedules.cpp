// Schedules: what is in force, and what is due.
#include "base/limits.hpp"
#include "base/mutation.hpp"
#include "base/text.hpp"
#include "job/engine.hpp"
#include "job/run_vars.hpp"

#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>

namespace triggerd::job {

namespace {

constexpr const char* last_settings = "last:";

std::string last_setting(const std::string& job) { return last_settings + job; }
std::string start_setting(const std::string& job) { return "start:" + job; }

// Instants of an older schedule are not missed instants of the one that stands in its place.
std::string last_value(instant last, std::string_view mark) { return (text::iso(last) += ' ') += mark; }

std::pair<std::optional<instant>, std::string_view> read_last(std::string_view value) {
  const std::size_t blank = std::min(value.find(' '), value.size());
  return {text::parse_iso(value.substr(0, blank)), value.substr(std::min(blank + 1, value.size()))};
}

bool is_timed(const spec::job_spec& job) { return job.enabled && job.schedule.any() && !job.schedule.on_start; }

}  // namespace

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
    auto when = spec::schedule::compile(job->schedule, name);
    if (!when) co_return when.error();  // the configuration was checked: only zone data can have gone
    const auto known = stored.find(last_setting(name));
    instant last = world_.clock.now();
    if (!before.contains(name) && known != stored.end()) {
      const auto [at, mark] = read_last(known->second);
      if (at && mark == when->mark()) last = *at;
    }
    std::string value = last_value(last, when->mark());
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

// Ten thousand fires may be due at once.
task<> engine::let_others_turn(std::size_t& fires) {
  if (++fires % limits::fires_per_turn == 0) co_await asio::post(asio::use_awaitable);
}

// The ledger writes the first while the next are admitted. None begins before all are durable: at work they would hold up
// those still to be admitted.
task<> engine::fire_due() {
  std::deque<admitted> ready;
  for (auto due = scheduler_.take(limits::fires_per_turn); !due.empty();
       due = scheduler_.take(limits::fires_per_turn)) {
    std::vector<instant> on_time;
    for (const due_fire& one : due) {
      const auto job = job_of(one.job);
      if (!job || !takes_fires()) continue;
      if (!mutated(mutation::instant_forgotten))
        journal_.set(last_setting(one.job), last_value(one.nominal, one.mark));
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
      if (ready.back().row && !one.missed) on_time.push_back(one.at);
    }
    children_.spawn(time_fires(std::move(on_time)));
    co_await asio::post(asio::use_awaitable);
  }
  saw(world_.clock.now());
  const result<> durable = co_await journal_.commit();
  if (durable) co_await begin_all(std::move(ready));
}

// How late they are once they are durable, which this sees to.
task<> engine::time_fires(std::vector<instant> due) {
  const result<> durable = co_await journal_.commit();
  if (!durable || !world_.on_due) co_return;
  const instant now = world_.clock.now();
  for (const instant at : due) world_.on_due(std::max(now - at, milliseconds(0)));
}

task<> engine::begin_all(std::deque<admitted> ready) {
  std::size_t turn = 0;
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
  std::deque<admitted> ready;
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
  if (durable) co_await begin_all(std::move(ready));
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

}  // namespace triggerd::job
