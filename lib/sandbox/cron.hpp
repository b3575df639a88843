// Cron expressions as the modelled server reads them: five fields, fewer are the last ones, "L" for the last day.
#pragma once

#include "sandbox/time_zone.hpp"

#include <array>
#include <bitset>
#include <string>
#include <variant>

namespace triggerd::sandbox {

struct cron_times {
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;
  std::bitset<13> months;
  std::bitset<7> weekdays;       // 0 is Sunday
  std::bitset<7> last_weekdays;  // "5L": the month's last Friday
  bool last_day = false;
  bool any_day = false, any_weekday = false;

  bool on(std::chrono::year_month_day day) const;
  // nullopt when nothing comes within eight years, as for 30 February.
  std::optional<instant> next(instant after, const time_zone& in) const;
};

// The complaint in the words of the server's parser when the text is none.
std::variant<cron_times, std::string> read_cron(std::string_view text);

// "At 03:00 AM, only on Monday". What has no words here is shown as its fields.
std::string describe_cron(std::string_view text);

}  // namespace triggerd::sandbox
