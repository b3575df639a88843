#include "meters.hpp"

namespace triggerd {

namespace {

constexpr const char* requests = "triggerd_requests_total";
constexpr const char* request_time = "triggerd_request_duration_seconds";
constexpr const char* retries = "triggerd_retries_total";
constexpr const char* fires = "triggerd_fires_total";
constexpr const char* actions = "triggerd_actions_total";
constexpr const char* commits = "triggerd_ledger_commits_total";

const char* const engine_states[] = {"starting", "running", "draining", "stopping", "clock-held", "disk"};
const char* const target_states[] = {"ok", "unproved", "parked", "paused", "disabled"};

double seconds_of(instant at) { return std::chrono::duration<double>(at.time_since_epoch()).count(); }

}  // namespace

meters::meters(const std::string& version) {
  all_.declare_counter(requests, "Requests to servers, by what became of them.");
  all_.declare_histogram(request_time, "Time of whole exchanges.", metrics::request_bounds());
  all_.declare_counter(retries, "Attempts after the first one of the same thing.");
  all_.declare_counter(fires, "Fires that ended, by job and state.");
  all_.declare_counter(actions, "Remote effects that were settled, by job and state.");
  all_.declare_counter(commits, "Transactions of the ledger.");
  all_.declare_gauge("triggerd_build_info", "Always 1; the label says which release runs.");
  all_.declare_gauge("triggerd_state", "1 for the state the daemon is in.");
  all_.declare_gauge("triggerd_targets", "Targets by state.");
  all_.declare_gauge("triggerd_target_ok", "1 when the target takes work.");
  all_.declare_gauge("triggerd_budget_remaining", "Requests the server's last reply said are left.");
  all_.declare_gauge("triggerd_requests_in_flight", "Requests on the wire.");
  all_.declare_gauge("triggerd_requests_waiting", "Requests that wait for their turn.");
  all_.declare_gauge("triggerd_fires_running", "Unfinished fires at work.");
  all_.declare_gauge("triggerd_fires_queued", "Fires that wait for another one of their job.");
  all_.declare_gauge("triggerd_ledger_writable", "0 while the disk refuses the ledger.");
  all_.declare_gauge("triggerd_ledger_queued", "Writes that are not durable yet.");
  all_.declare_gauge("triggerd_ledger_last_commit_seconds", "How long the last commit took.");
  all_.declare_gauge("triggerd_spool_bytes", "Bodies that wait in files.");
  all_.declare_gauge("triggerd_memory_bytes", "Resident memory.");
  all_.declare_gauge("triggerd_clients", "Targets with connections open or kept.");
  all_.declare_gauge("triggerd_control_sessions", "Connections to the control socket.");
  all_.declare_gauge("triggerd_reload_ok", "0 when the last reload was refused.");
  all_.declare_gauge("triggerd_reload_timestamp_seconds", "When the files were read last.");
  all_.gauge("triggerd_build_info", {{"version", version}}).set(1);
}

void meters::exchanged(const std::string& target, std::string_view endpoint, std::string_view outcome,
                       std::chrono::nanoseconds took) {
  const std::string of(endpoint);
  all_.counter(requests, {{"target", target}, {"endpoint", of}, {"outcome", std::string(outcome)}}).add();
  all_.histogram(request_time, {{"endpoint", of}}).observe(std::chrono::duration<double>(took).count());
}

void meters::happened(const job::event& what) {
  if (what.kind == "fire-ended") all_.counter(fires, {{"job", what.job}, {"state", what.state}}).add();
  if (what.kind == "action-settled") all_.counter(actions, {{"job", what.job}, {"state", what.state}}).add();
}

void meters::forget(const std::vector<std::string>& targets, const std::vector<std::string>& jobs) {
  for (const std::string& target : targets) all_.drop("target", target);
  for (const std::string& job : jobs) all_.drop("job", job);
}

std::string meters::render(const standing& now) {
  for (const char* state : engine_states)
    all_.gauge("triggerd_state", {{"state", state}}).set(now.state == state ? 1 : 0);
  std::map<std::string, double> by_state;
  for (const char* state : target_states) by_state[state] = 0;
  for (const auto& [target, state] : now.targets) {
    by_state[state] += 1;
    all_.gauge("triggerd_target_ok", {{"target", target}}).set(state == "ok" ? 1 : 0);
  }
  for (const auto& [state, count] : by_state) all_.gauge("triggerd_targets", {{"state", state}}).set(count);
  for (const auto& [target, left] : now.budgets)
    all_.gauge("triggerd_budget_remaining", {{"target", target}}).set(static_cast<double>(left));
  for (const auto& [target, count] : now.retries) all_.counter(retries, {{"target", target}}).raise_to(count);
  const auto set = [this](const char* name, double value) { all_.gauge(name).set(value); };
  set("triggerd_requests_in_flight", static_cast<double>(now.in_flight));
  set("triggerd_requests_waiting", static_cast<double>(now.waiting));
  set("triggerd_fires_running", static_cast<double>(now.running));
  set("triggerd_fires_queued", static_cast<double>(now.queued));
  all_.counter(commits).raise_to(now.ledger.commits);
  set("triggerd_ledger_writable", now.ledger.writable ? 1 : 0);
  set("triggerd_ledger_queued", static_cast<double>(now.ledger.queued));
  set("triggerd_ledger_last_commit_seconds", static_cast<double>(now.ledger.last_commit_us) / 1e6);
  set("triggerd_spool_bytes", static_cast<double>(now.spool_bytes));
  set("triggerd_memory_bytes", static_cast<double>(now.memory_bytes));
  set("triggerd_clients", static_cast<double>(now.clients));
  set("triggerd_control_sessions", static_cast<double>(now.sessions));
  set("triggerd_reload_ok", now.reload_ok ? 1 : 0);
  set("triggerd_reload_timestamp_seconds", seconds_of(now.reloaded));
  return all_.render();
}

}  // namespace triggerd
