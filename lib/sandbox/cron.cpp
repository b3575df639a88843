#include "sandbox/cron.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>

namespace triggerd::sandbox {

namespace {

constexpr int years_ahead = 8;  // 29 February comes again within them
constexpr std::array<std::string_view, 12> month_words = {"jan", "feb", "mar", "apr", "may", "jun",
                                                          "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> day_words = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> cron_macros = {{{"@yearly", "0 0 1 1 *"},
                                                                                       {"@monthly", "0 0 1 * *"},
                                                                                       {"@weekly", "0 0 * * 0"},
                                                                                       {"@daily", "0 0 * * *"},
                                                                                       {"@hourly", "0 * * * *"}}};

struct cron_field {
  int least, most;
  std::span<const std::string_view> words;
  int first_word = 0;
};

constexpr cron_field minute_field{0, 59, {}};
constexpr cron_field hour_field{0, 23, {}};
constexpr cron_field day_field{1, 31, {}};
constexpr cron_field month_field{1, 12, month_words, 1};
constexpr cron_field weekday_field{0, 7, day_words};

std::array<std::string, 5> cron_parts(std::string_view text) {
  for (const auto& [word, meaning] : cron_macros)
    if (text == word) text = meaning;
  std::vector<std::string> parts;
  for (const std::string_view part : text::split(text, ' '))
    if (!part.empty()) parts.emplace_back(part);
  std::array<std::string, 5> out = {"*", "*", "*", "*", "*"};
  const std::size_t given = std::min(parts.size(), out.size());
  for (std::size_t i = 0; i < given; ++i) out[out.size() - given + i] = parts[i];
  return out;
}

// Names become numbers, three letters at a time.
std::optional<std::string> without_words(std::string& value, const cron_field& field) {
  const auto letter = [&](std::size_t i) {
    return i < value.size() && ((value[i] >= 'a' && value[i] <= 'z') || (value[i] >= 'A' && value[i] <= 'Z'));
  };
  std::string out;
  for (std::size_t i = 0; i < value.size();) {
    if (!letter(i) || !letter(i + 1) || !letter(i + 2)) {
      out += value[i++];
      continue;
    }
    const std::string word = text::lower(value.substr(i, 3));
    const auto at = std::find(field.words.begin(), field.words.end(), word);
    if (at == field.words.end()) return "Validation error, cannot resolve alias \"" + word + '"';
    out += std::to_string(field.first_word + (at - field.words.begin()));
    i += 3;
  }
  value = out;
  return std::nullopt;
}

std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text.front() == '-' || read.ec != std::errc() || read.ptr != text.data() + text.size())
    return std::nullopt;
  return value;
}

std::string out_of_range(std::string_view text, const cron_field& field) {
  return "Constraint error, got value " + std::string(text) + " expected range " + std::to_string(field.least) + '-' +
         std::to_string(field.most);
}

// One of a list: "*", "7", "1-5", each with "/step". Calls `add` for every value.
template <class Add>
std::optional<std::string> read_range(std::string_view part, const cron_field& field, Add&& add) {
  const std::size_t slash = part.find('/');
  const std::string_view range = part.substr(0, slash);
  const auto step = slash == std::string_view::npos ? std::optional<int>(1) : whole_number(part.substr(slash + 1));
  if (!step || *step < 1)
    return "Constraint error, cannot repeat at every " + std::string(part.substr(slash + 1)) + " time.";
  int first = field.least, last = field.most;
  if (range != "*" && range != "?") {
    const std::size_t dash = range.find('-');
    const auto from = whole_number(range.substr(0, dash));
    const auto to = dash == std::string_view::npos ? from : whole_number(range.substr(dash + 1));
    if (!from || !to) return "Invalid characters, got value: " + std::string(part);
    if (*from < field.least || *to > field.most) return out_of_range(range, field);
    if (*from > *to) return "Invalid range: " + std::string(range);
    first = *from;
    last = dash == std::string_view::npos && slash != std::string_view::npos ? field.most : *to;
  }
  for (int value = first; value <= last; value += *step) add(static_cast<std::size_t>(value));
  return std::nullopt;
}

template <class Add>
std::optional<std::string> read_list(std::string_view value, const cron_field& field, Add&& add) {
  for (const std::string_view part : text::split(value, ','))
    if (auto trouble = read_range(part, field, add)) return trouble;
  return std::nullopt;
}

std::optional<std::string> read_days(const std::string& value, cron_times& into) {
  into.any_day = value == "*" || value == "?";
  for (const std::string_view part : text::split(value, ',')) {
    if (part == "L" || part == "l") {
      into.last_day = true;
    } else if (auto trouble = read_range(part, day_field, [&](std::size_t day) { into.days.set(day); })) {
      return trouble;
    }
  }
  return std::nullopt;
}

std::optional<std::string> read_weekdays(const std::string& value, cron_times& into) {
  into.any_weekday = value == "*" || value == "?";
  for (const std::string_view part : text::split(value, ',')) {
    const bool last = part.size() == 2 && (part[1] == 'L' || part[1] == 'l');
    const auto add = [&](std::size_t day) { (last ? into.last_weekdays : into.weekdays).set(day % 7); };
    if (auto trouble = read_range(last ? part.substr(0, 1) : part, weekday_field, add)) return trouble;
  }
  return std::nullopt;
}

std::string two_digits(int value) { return (value < 10 ? "0" : "") + std::to_string(value); }

std::string time_of_day(const std::string& minute, const std::string& hour) {
  const auto m = whole_number(minute), h = whole_number(hour);
  if (m && h) {
    const int shown = *h % 12 == 0 ? 12 : *h % 12;
    return "At " + two_digits(shown) + ':' + two_digits(*m) + (*h < 12 ? " AM" : " PM");
  }
  if (minute == "*" && hour == "*") return "Every minute";
  if (minute.starts_with("*/") && hour == "*") return "Every " + minute.substr(2) + " minutes";
  if (minute == "0" && hour == "*") return "Every hour";
  if (m && hour == "*") return "At " + minute + " minutes past the hour";
  return "At minute " + minute + " past hour " + hour;
}

std::string title(std::string_view word) {
  static constexpr std::array<std::string_view, 19> whole = {
      "January",  "February", "March",  "April",  "May",     "June",      "July",     "August", "September", "October",
      "November", "December", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
  for (const std::string_view one : whole)
    if (text::lower(one).starts_with(word)) return std::string(one);
  return std::string(word);
}

std::string spoken(std::string value, const cron_field& field) {
  if (without_words(value, field)) return value;
  const auto name = [&](std::string_view number) {
    const auto read = whole_number(number);
    if (!read || *read < field.least || *read > field.most) return std::string(number);
    const auto nth = static_cast<std::size_t>(*read - field.first_word);
    return title(field.words[nth % field.words.size()]);
  };
  const std::size_t dash = value.find('-');
  if (dash != std::string::npos) return name(value.substr(0, dash)) + " through " + name(value.substr(dash + 1));
  return name(value);
}

}  // namespace

std::variant<cron_times, std::string> read_cron(std::string_view text) {
  if (text::split(text, ' ').size() > 5) return "CRON expressions with seconds are not allowed";
  if (text.empty()) return "CRON expression is required";
  auto [minute, hour, day, month, weekday] = cron_parts(text);
  cron_times out;
  auto trouble = read_list(minute, minute_field, [&](std::size_t value) { out.minutes.set(value); });
  if (!trouble) trouble = read_list(hour, hour_field, [&](std::size_t value) { out.hours.set(value); });
  if (!trouble) trouble = read_days(day, out);
  if (!trouble) trouble = without_words(month, month_field);
  if (!trouble) trouble = read_list(month, month_field, [&](std::size_t value) { out.months.set(value); });
  if (!trouble) trouble = without_words(weekday, weekday_field);
  if (!trouble) trouble = read_weekdays(weekday, out);
  if (trouble) return *trouble;
  return out;
}

bool cron_times::on(std::chrono::year_month_day day) const {
  const unsigned number = static_cast<unsigned>(day.day());
  if (!months.test(static_cast<unsigned>(day.month()))) return false;
  const unsigned last =
      static_cast<unsigned>(std::chrono::year_month_day_last(day.year(), day.month() / std::chrono::last).day());
  const unsigned weekday = std::chrono::weekday(std::chrono::local_days(day)).c_encoding();
  const bool day_fits = days.test(number) || (last_day && number == last);
  const bool weekday_fits = weekdays.test(weekday) || (last_weekdays.test(weekday) && number + 7 > last);
  if (any_day || any_weekday) return (any_day || day_fits) && (any_weekday || weekday_fits);
  return day_fits || weekday_fits;  // both are restricted: one is enough
}

std::optional<instant> cron_times::next(instant after, const time_zone& in) const {
  const auto today = std::chrono::floor<std::chrono::days>(in.to_local(after));
  for (int ahead = 0; ahead < years_ahead * 366; ++ahead) {
    const auto day = today + std::chrono::days(ahead);
    if (!on(std::chrono::year_month_day(day))) continue;
    for (std::size_t hour = 0; hour < hours.size(); ++hour)
      for (std::size_t minute = 0; hours.test(hour) && minute < minutes.size(); ++minute) {
        if (!minutes.test(minute)) continue;
        const instant at = in.from_local(day + std::chrono::hours(hour) + std::chrono::minutes(minute));
        if (at > after) return at;
      }
  }
  return std::nullopt;
}

std::string describe_cron(std::string_view text) {
  const auto [minute, hour, day, month, weekday] = cron_parts(text);
  std::string out = time_of_day(minute, hour);
  if (day == "L") out += ", on the last day of the month";
  else if (day != "*") out += ", on day " + day + " of the month";
  if (weekday != "*")
    out += (weekday.find('-') == std::string::npos ? ", only on " : ", ") + spoken(weekday, weekday_field);
  if (month != "*") out += ", only in " + spoken(month, month_field);
  return out;
}

}  // namespace triggerd::sandbox
