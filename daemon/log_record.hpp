// One message for operators, and the three forms in which they read it. Pure.
#pragma once

#include "base/clock.hpp"
#include "base/log.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace triggerd {

struct log_record {
  log_level level = log_level::info;
  instant at{};
  std::string message;                                      // printable, bounded
  std::vector<std::pair<std::string, std::string>> fields;  // "job", "target", "fire", "code", ...
};

std::string_view name(log_level level);
std::optional<log_level> log_level_from(std::string_view word);

// "2026-11-24T02:00:00.123Z warning message (job=x target=y)\n"
std::string text_line(const log_record& what);
// {"at": ..., "level": ..., "message": ..., "job": ...}\n
std::string json_line(const log_record& what);
// A datagram of the journal's native protocol: MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, TRIGGERD_JOB, ...
std::string journal_datagram(const log_record& what);

}  // namespace triggerd
