#include "sandbox/run.hpp"

namespace triggerd::sandbox {

namespace {

constexpr std::array<std::string_view, run_statuses> status_names = {
    "PENDING_VERSION", "DELAYED", "QUEUED",         "EXECUTING", "COMPLETED", "CANCELED",
    "FAILED",          "CRASHED", "SYSTEM_FAILURE", "EXPIRED",   "TIMED_OUT"};

}  // namespace

std::string_view name_of(run_status status) { return status_names[static_cast<std::size_t>(status)]; }

std::optional<run_status> read_status(std::string_view name) {
  for (std::size_t i = 0; i < status_names.size(); ++i)
    if (status_names[i] == name) return static_cast<run_status>(i);
  return std::nullopt;
}

run_look look(const run& of, instant as_of) {
  run_look out{of.history.front().to, of.history.front().at, std::nullopt, std::nullopt};
  bool latest = true;
  for (const transition& t : of.history) {
    latest = t.at <= as_of;
    if (!latest) break;
    out.status = t.to;
    out.updated = t.at;
  }
  if (latest) out.updated = of.updated;
  if (of.started && *of.started <= as_of) out.started = of.started;
  if (of.finished && *of.finished <= as_of && is_final(out.status)) out.finished = of.finished;
  return out;
}

}  // namespace triggerd::sandbox
