// Cron expressions: five fields, or six with seconds first; names, lists, ranges (also around the end: FRI-MON), steps,
// @hourly and its kin. Day of month and day of week are OR when both are restricted, as in every cron; a field that
// begins with "*" is not restricted.
#pragma once

#include "base/result.hpp"

#include <array>
#include <bitset>
#include <chrono>
#include <optional>
#include <string_view>

namespace triggerd::spec {

class cron {
 public:
  static result<cron> parse(std::string_view text);
  // The first local time strictly after `local` that matches; nullopt when there is none in 40 years, which is
  // longer than any leap-day rule needs (never, e.g. 30 February).
  std::optional<std::chrono::local_seconds> next(std::chrono::local_seconds local) const;

 private:
  bool matches_day(std::chrono::local_days day) const;  // the month is the caller's matter
  std::optional<std::chrono::seconds> time_from(std::chrono::seconds earliest) const;

  std::bitset<60> seconds_, minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;
  bool any_day_ = true, any_weekday_ = true;
};

}  // namespace triggerd::spec
