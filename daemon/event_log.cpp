#include "event_log.hpp"

#include <array>

namespace triggerd {

std::optional<log_level> log_level_of(const job::event& what) {
  // Targets, reloads, the ledger and notices are logged by those who know more about them.
  static constexpr std::array fires{"fire-started", "fire-ended", "job-paused", "job-resumed"};
  static constexpr std::array parts{"leg-started", "leg-ended", "action-settled"};
  for (const char* kind : fires)
    if (what.kind == kind)
      return what.level == job::event_level::error     ? log_level::error
             : what.level == job::event_level::warning ? log_level::warning
                                                       : log_level::info;
  for (const char* kind : parts)
    if (what.kind == kind) return what.level == job::event_level::error ? log_level::warning : log_level::debug;
  return std::nullopt;
}

void write_event(log& to, const job::event& what) {
  const auto level = log_level_of(what);
  if (!level || !to.takes(*level)) return;
  std::string text = what.kind.starts_with("job") ? "job " + what.job : what.job;
  if (!what.target.empty()) text += " on " + what.target;
  text += ": " + what.kind + ' ' + what.state;
  if (!what.text.empty()) text += ", " + what.text;
  to.write(*level, text, {{"job", what.job}, {"fire", what.fire}, {"target", what.target}, {"state", what.state}});
}

}  // namespace triggerd
