// Durations and instants as the server reads them. What it cannot read it ignores without a word.
#pragma once

#include "base/clock.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace triggerd::sandbox {

std::optional<milliseconds> read_duration(std::string_view text);      // ^(\d+(w|d|hr|h|m|s))+$
std::optional<milliseconds> read_key_lifetime(std::string_view text);  // ^\d+[smhd]$
std::optional<milliseconds> read_span(std::string_view text);          // "15m", "24hr", "1 week", "7 days"
std::optional<instant> read_date(std::string_view text);               // epoch milliseconds or ISO
std::string write_duration(std::int64_t whole_seconds);                // 600 -> "10m"

}  // namespace triggerd::sandbox
