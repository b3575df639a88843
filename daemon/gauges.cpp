#include "gauges.hpp"

#include "metrics/exposition.hpp"

#include <utility>

namespace triggerd {

namespace {

const char* const engine_states[] = {"starting", "running", "draining", "stopping", "clock-held", "disk"};
const char* const target_states[] = {"ok", "unproved", "parked", "paused", "disabled"};
const char* const verdicts[] = {"applied", "unchanged", "refused", "restart-required"};

// Written as it is told, one family after the other: of ten thousand targets it is eighty thousand lines.
class page {
 public:
  page& about(const char* name, const char* help) {
    name_ = name;
    help_ = help;
    return *this;
  }
  page& put(double value, const metrics::labels& of = {}) {
    if (help_) metrics::append_header(text_, name_, std::exchange(help_, nullptr), "gauge");
    metrics::append_sample(text_, name_, of, value);
    return *this;
  }
  // One series for each state it may have, so that a change never looks like a gap.
  template <std::size_t N>
  void put_state(const char* const (&states)[N], const std::string& is, const char* label, metrics::labels of = {}) {
    for (const char* state : states) {
      of[label] = state;
      put(is == state ? 1 : 0, of);
    }
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  const char* name_ = "";
  const char* help_ = nullptr;  // until the family's first series
};

double number(std::uint64_t of) { return static_cast<double>(of); }

void tell_targets(page& to, const std::map<std::string, standing::target>& all) {
  to.about("triggerd_target_state", "1 for the state the target is in.");
  for (const auto& [name, is] : all) to.put_state(target_states, is.state, "state", {{"target", name}});
  to.about("triggerd_target_state_timestamp_seconds", "Since when the target is in its state.");
  for (const auto& [name, is] : all) to.put(seconds_of(is.since), {{"target", name}});
  to.about("triggerd_requests_in_flight", "Requests on the wire.");
  for (const auto& [name, is] : all) to.put(number(is.in_flight), {{"target", name}});
  to.about("triggerd_requests_waiting", "Requests that wait for their turn under the limits.");
  for (const auto& [name, is] : all) to.put(number(is.waiting), {{"target", name}});
  to.about("triggerd_budget_remaining", "Requests that the server's last reply said are left.");
  for (const auto& [name, is] : all)
    if (is.budget) to.put(number(is.budget->remaining), {{"target", name}});
  to.about("triggerd_budget_limit", "Requests that the server allows at once when nothing is used.");
  for (const auto& [name, is] : all)
    if (is.budget) to.put(number(is.budget->limit), {{"target", name}});
}

void tell_jobs(page& to, const standing& now) {
  to.about("triggerd_job_info", "Always 1; the label says of which kind the job is.");
  for (const auto& [name, is] : now.jobs) to.put(1, {{"job_name", name}, {"kind", is.kind}});
  to.about("triggerd_job_paused", "1 while an operator holds the job back.");
  for (const auto& [name, is] : now.jobs) to.put(is.paused ? 1 : 0, {{"job_name", name}});
  to.about("triggerd_jobs_untold", "Jobs without series of their own, because there are very many.")
      .put(number(now.jobs_untold));
  to.about("triggerd_fires_running", "Unfinished fires at work.").put(number(now.running));
  to.about("triggerd_fires_queued", "Fires that wait for another one of their job.").put(number(now.queued));
  to.about("triggerd_fires_unknown",
           "Fires that left something unknown and that nobody has resolved, as counted at the scrape before.");
  if (now.unknown) to.put(number(*now.unknown));
}

void tell_daemon(page& to, const standing& now) {
  to.about("triggerd_state", "1 for the state the daemon is in.").put_state(engine_states, now.state, "state");
  to.about("triggerd_reload_result", "1 for what became of the last reading of the files.")
      .put_state(verdicts, now.reload, "result");
  to.about("triggerd_reload_timestamp_seconds", "When the files were read last.").put(seconds_of(now.reloaded));
  to.about("triggerd_config_info", "Always 1; the label tells the files in force from others.")
      .put(1, {{"hash", now.config_hash}});
  to.about("triggerd_ledger_writable", "0 while the disk refuses the ledger.").put(now.ledger.writable ? 1 : 0);
  to.about("triggerd_ledger_queued", "Writes that are not durable yet.").put(number(now.ledger.queued));
  to.about("triggerd_spool_bytes", "Bodies that wait in files.").put(number(now.spool_bytes));
  to.about("triggerd_clients", "Targets with connections open or kept.").put(number(now.clients));
  to.about("triggerd_control_sessions", "Connections to the control socket.").put(number(now.sessions));
  to.about("process_resident_memory_bytes", "Resident memory.").put(number(now.memory_bytes));
  to.about("process_start_time_seconds", "When the process started.").put(seconds_of(now.started));
}

}  // namespace

double seconds_of(instant at) { return std::chrono::duration<double>(at.time_since_epoch()).count(); }

std::string gauges(const standing& now) {
  page out;
  tell_targets(out, now.targets);
  tell_jobs(out, now);
  tell_daemon(out, now);
  return out.take();
}

}  // namespace triggerd
