// Numbers, spans and instants as people read them, and text measured in columns.
#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::ctl {

std::string count(std::int64_t n);                        // "12,345"
std::string count(std::int64_t n, std::string_view one);  // "1 fire", "2 fires"
std::string bytes(std::int64_t n);                        // "42.1 MiB"
std::string span(milliseconds how_long);                  // the two largest units: "3d 4h", "1m 5s", "250 ms"
std::string decimal(double v, int digits);                // "12.3"

// Of an ISO instant; text that is none comes back as it is.
std::string when(std::string_view iso, instant now);  // "5m ago", "in 3h 2m", "now"
std::string clock_time(std::string_view iso);         // "2026-11-24 02:24:30"
std::string time_of_day(std::string_view iso);        // "02:24:30"

// Columns on a terminal: colours and combining marks take none, East Asian wide characters and emoji two.
std::size_t columns(std::string_view utf8);
// At most so many columns; "…" stands for what was cut, and a colour ends there.
std::string clip(std::string_view utf8, std::size_t most);
std::string pad(std::string_view utf8, std::size_t width, bool right = false);
// Broken between words into lines of at most so many columns.
std::vector<std::string> wrap(std::string_view utf8, std::size_t width);
// "[####......]": a part of a whole in so many columns, the brackets included.
std::string bar(std::int64_t part, std::int64_t whole, std::size_t width);

}  // namespace triggerd::ctl
