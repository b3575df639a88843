#include "meters.hpp"

#include "base/limits.hpp"

namespace triggerd {

namespace {

constexpr const char* requests = "triggerd_requests_total";
constexpr const char* request_time = "triggerd_request_duration_seconds";
constexpr const char* target_time = "triggerd_target_request_duration_seconds";
constexpr const char* retries = "triggerd_retries_total";
constexpr const char* fires = "triggerd_fires_total";
constexpr const char* actions = "triggerd_actions_total";
constexpr const char* lateness = "triggerd_fire_lateness_seconds";
constexpr const char* commit_time = "triggerd_ledger_commit_duration_seconds";
constexpr const char* last_end = "triggerd_job_last_end_timestamp_seconds";
constexpr const char* last_success = "triggerd_job_last_success_timestamp_seconds";
constexpr const char* job_ok = "triggerd_job_ok";

constexpr store::fire_state ends[] = {store::fire_state::done, store::fire_state::failed, store::fire_state::unknown,
                                      store::fire_state::cancelled, store::fire_state::skipped};

// A fire that was cancelled or left out says nothing about how its job is.
bool tells(store::fire_state state) {
  return state == store::fire_state::done || state == store::fire_state::failed || state == store::fire_state::unknown;
}

template <class Map>
std::set<std::string> names_of(const Map& all) {
  std::set<std::string> out;
  for (const auto& [name, one] : all) out.insert(name);
  return out;
}

double in_seconds(std::chrono::nanoseconds span) { return std::chrono::duration<double>(span).count(); }

}  // namespace

meters::meters(const std::string& version) {
  all_.declare_counter(requests, "Requests to servers, by what they were for and what became of them.");
  all_.declare_histogram(request_time, "Time of whole exchanges, by what they were for.", metrics::request_bounds());
  all_.declare_histogram(target_time, "Time of whole exchanges, by target.", metrics::request_bounds());
  all_.declare_counter(retries, "Attempts after the first one of the same thing.");
  all_.declare_counter(fires, "Fires that ended, by job and state.");
  all_.declare_counter(actions, "Remote effects that were settled, by job and state.");
  all_.declare_histogram(lateness, "From the instant of a scheduled fire until it is durable.",
                         metrics::lateness_bounds());
  all_.declare_histogram(commit_time, "Time of whole transactions of the ledger.", metrics::local_bounds());
  all_.declare_gauge(last_end, "When a fire of the job last ended as done, failed or unknown.");
  all_.declare_gauge(last_success, "When a fire of the job last ended as done.");
  all_.declare_gauge(job_ok, "0 when the job's last fire failed or left something unknown.");
  all_.declare_gauge("triggerd_build_info", "Always 1; the label says which release runs.");
  all_.gauge("triggerd_build_info", {{"version", version}}).set(1);
  all_.histogram(lateness);
  all_.histogram(commit_time);
}

meters::exchange_series& meters::series_of(const target::exchange_seen& done, std::string_view kind) {
  std::string key = done.target;
  for (const std::string_view part : {kind, done.endpoint, done.outcome}) (key += '\n') += part;
  if (const auto known = exchanges_.find(key); known != exchanges_.end()) return known->second;
  const metrics::labels purpose{{"kind", std::string(kind)}, {"endpoint", std::string(done.endpoint)}};
  metrics::labels of = purpose;
  of["target"] = done.target;
  of["outcome"] = done.outcome;
  return exchanges_
      .emplace(std::move(key), exchange_series{all_.counter(requests, of), all_.histogram(request_time, purpose),
                                               all_.histogram(target_time, {{"target", done.target}})})
      .first->second;
}

void meters::exchanged(const target::exchange_seen& done, std::string_view kind) {
  exchange_series& of = series_of(done, kind);
  of.requests.add();
  of.request_time.observe(in_seconds(done.took));
  of.target_time.observe(in_seconds(done.took));
}

// False: it has no series, because others have them all.
bool meters::hears_of(const std::string& job) {
  if (heard_of_.contains(job)) return true;
  return heard_of_.size() < limits::job_series && heard_of_.insert(job).second;
}

// What cannot be told by name is counted all the same, so that sums are right.
metrics::labels meters::of_job(const std::string& job, std::string_view state) {
  metrics::labels of{{"state", std::string(state)}};
  if (hears_of(job)) of["job_name"] = job;
  return of;
}

void meters::happened(const job::event& what) {
  if (what.kind == "fire-started") hears_of(what.job);
  if (what.kind == "action-settled") all_.counter(actions, of_job(what.job, what.state)).add();
  if (what.kind != "fire-ended") return;
  all_.counter(fires, of_job(what.job, what.state)).add();
  for (const store::fire_state state : ends)
    if (what.state == store::name(state)) ended(what.job, state, what.at);
}

void meters::ended(const std::string& job, store::fire_state state, instant at) {
  if (!tells(state) || !hears_of(job)) return;
  const metrics::labels of{{"job_name", job}};
  const double when = seconds_of(at);
  const auto raise = [&](const char* name) {
    auto& last = all_.gauge(name, of);
    if (when < last.value()) return false;
    last.set(when);
    return true;
  };
  if (raise(last_end)) all_.gauge(job_ok, of).set(state == store::fire_state::done ? 1 : 0);
  if (state == store::fire_state::done) raise(last_success);
}

void meters::began(milliseconds late) { all_.histogram(lateness).observe(in_seconds(late)); }

void meters::committed(std::chrono::nanoseconds took) { all_.histogram(commit_time).observe(in_seconds(took)); }

std::string meters::render(const standing& now) {
  exchanges_.clear();
  all_.keep_only("target", names_of(now.targets));
  all_.keep_only("job_name", names_of(now.jobs));
  for (const auto& [name, is] : now.targets) all_.counter(retries, {{"target", name}}).follow(is.retries);
  std::erase_if(heard_of_, [&](const std::string& name) { return !now.jobs.contains(name); });
  // What has not happened yet is a zero, so that the first time is seen as a rise.
  for (const store::fire_state state : ends) {
    const std::string word(store::name(state));
    for (const auto& [name, is] : now.jobs) all_.counter(fires, {{"job_name", name}, {"state", word}});
    if (now.jobs_untold > 0) all_.counter(fires, {{"state", word}});
  }
  return all_.render() + gauges(now);
}

}  // namespace triggerd
