#include "spec/cron.hpp"

#include "base/text.hpp"
#include "spec/codes.hpp"

#include <charconv>
#include <span>
#include <string>
#include <vector>

namespace triggerd::spec {

namespace {

using mask = std::bitset<64>;

struct field {
  std::string_view title;
  int least;
  int most;
  std::span<const std::string_view> names = {};  // of least, least + 1, ...
  bool seven_is_zero = false;
};

constexpr std::array<std::string_view, 12> month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> weekday_names{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

constexpr field second_field{"second", 0, 59};
constexpr field minute_field{"minute", 0, 59};
constexpr field hour_field{"hour", 0, 23};
constexpr field day_field{"day of month", 1, 31};
constexpr field month_field{"month", 1, 12, month_names};
constexpr field weekday_field{"day of week", 0, 6, weekday_names, true};

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> nicknames{{{"@yearly", "0 0 1 1 *"},
                                                                                  {"@annually", "0 0 1 1 *"},
                                                                                  {"@monthly", "0 0 1 * *"},
                                                                                  {"@weekly", "0 0 * * 0"},
                                                                                  {"@daily", "0 0 * * *"},
                                                                                  {"@midnight", "0 0 * * *"},
                                                                                  {"@hourly", "0 * * * *"}}};

// 29 February on a given weekday comes back after 40 years at the latest (2096 is followed by 2104).
constexpr int years_searched = 41;

std::string allowed(const field& f) {
  std::string words = std::to_string(f.least) + " to " + std::to_string(f.seven_is_zero ? 7 : f.most);
  if (!f.names.empty()) words += " or " + std::string(f.names.front()) + " to " + std::string(f.names.back());
  return words + ", with * , - and /";
}

error bad(const field& f, std::string_view text, std::string why) {
  return fail(codes::cron, "cron field " + std::string(f.title) + " \"" + text::printable(text, 64) + "\" " +
                               std::move(why) + "; allowed are " + allowed(f));
}

std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text.front() == '-' || failure != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

result<int> parse_value(const field& f, std::string_view text) {
  const std::string word = text::lower(text);
  for (std::size_t i = 0; i < f.names.size(); ++i)
    if (f.names[i] == word) return f.least + static_cast<int>(i);
  const auto number = whole_number(text);
  if (!number) return bad(f, text, "is not understood");
  if (f.seven_is_zero && *number == 7) return 0;
  if (*number < f.least || *number > f.most) return bad(f, text, "is out of range");
  return *number;
}

// One member of a list: "*", "5", "1-5", "FRI-MON", each with an optional "/step".
result<> add_member(const field& f, std::string_view text, mask& out) {
  const std::size_t slash = text.find('/');
  const std::string_view range = text.substr(0, slash);
  const int size = f.most - f.least + 1;
  int step = 1;
  if (slash != std::string_view::npos) {
    const auto number = whole_number(text.substr(slash + 1));
    if (!number || *number < 1 || *number > size)
      return bad(f, text, "has a step that is not from 1 to " + std::to_string(size));
    step = *number;
  }
  int first = f.least;
  int count = size;  // of values covered before the step thins them out
  if (range != "*") {
    const std::size_t dash = range.find('-');
    const auto from = parse_value(f, range.substr(0, dash));
    if (!from) return from.error();
    first = *from;
    if (dash != std::string_view::npos) {
      const std::string_view end = range.substr(dash + 1);
      const auto to = parse_value(f, end);
      if (!to) return to.error();
      // "0-7" is every day, not just Sunday.
      const bool whole_week = f.seven_is_zero && first == 0 && end == "7" && !range.starts_with('7');
      count = whole_week ? size : (*to - first + size) % size + 1;  // a range may wrap around, as FRI-MON does
    } else {
      count = slash == std::string_view::npos ? 1 : f.most - first + 1;  // "5/15" runs from 5 to the end
    }
  }
  for (int i = 0; i < count; i += step) out.set(static_cast<std::size_t>(f.least + (first - f.least + i) % size));
  return {};
}

result<mask> parse_field(const field& f, std::string_view text) {
  mask out;
  for (const auto member : text::split(text, ',')) {
    if (member.empty()) return bad(f, text, "has an empty member");
    const auto done = add_member(f, member, out);
    if (!done) return done.error();
  }
  return out;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; (at = text.find_first_not_of(" \t", at)) != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(" \t", at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

result<std::string_view> expand_nickname(std::string_view text) {
  const std::string word = text::lower(text);
  for (const auto& [nickname, meaning] : nicknames)
    if (nickname == word) return meaning;
  const std::string mend = word == "@reboot"            ? "; use on_start = true"
                           : word.starts_with("@every") ? "; use every = \"20m\""
                                                        : "";
  return fail(codes::cron,
              "cron \"" + text::printable(text, 64) +
                  "\" is not known; known are @yearly @annually @monthly @weekly @daily @midnight @hourly" + mend);
}

// The first set position at or after `from`.
template <std::size_t N>
std::optional<unsigned> first_from(const std::bitset<N>& bits, unsigned from) {
  for (unsigned i = from; i < N; ++i)
    if (bits[i]) return i;
  return std::nullopt;
}

template <std::size_t N>
void copy(const mask& from, std::bitset<N>& to) {
  for (std::size_t i = 0; i < N; ++i) to[i] = from[i];
}

}  // namespace

result<cron> cron::parse(std::string_view text) {
  std::string_view trimmed = text::trim(text);
  if (trimmed.starts_with('@')) {
    const auto meaning = expand_nickname(trimmed);
    if (!meaning) return meaning.error();
    trimmed = *meaning;
  }
  std::vector<std::string_view> words = words_of(trimmed);
  if (words.size() != 5 && words.size() != 6)
    return fail(codes::cron,
                "cron \"" + text::printable(text, 64) + "\" has " + std::to_string(words.size()) +
                    " fields; write minute, hour, day of month, month, day of week, or six with second first");
  if (words.size() == 5) words.insert(words.begin(), "0");
  const std::array<const field*, 6> fields{&second_field, &minute_field, &hour_field,
                                           &day_field,    &month_field,  &weekday_field};
  std::array<mask, 6> masks;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto parsed = parse_field(*fields[i], words[i]);
    if (!parsed) return parsed.error();
    masks[i] = *parsed;
  }
  cron made;
  copy(masks[0], made.seconds_);
  copy(masks[1], made.minutes_);
  copy(masks[2], made.hours_);
  copy(masks[3], made.days_);
  copy(masks[4], made.months_);
  copy(masks[5], made.weekdays_);
  // As in every cron, a field that begins with a star does not count as restricted, "*/2" included.
  made.any_day_ = words[3].starts_with('*');
  made.any_weekday_ = words[5].starts_with('*');
  return made;
}

bool cron::matches_day(std::chrono::local_days day) const {
  const std::chrono::year_month_day date{day};
  const bool by_month = days_[unsigned(date.day())];
  const bool by_week = weekdays_[std::chrono::weekday(day).c_encoding()];
  return any_day_ || any_weekday_ ? by_month && by_week : by_month || by_week;
}

std::optional<std::chrono::seconds> cron::time_from(std::chrono::seconds earliest) const {
  const std::chrono::hh_mm_ss start{earliest};
  auto hour = first_from(hours_, static_cast<unsigned>(start.hours().count()));
  if (!hour) return std::nullopt;
  unsigned minute_floor = 0;
  unsigned second_floor = 0;
  if (*hour == static_cast<unsigned>(start.hours().count())) {
    minute_floor = static_cast<unsigned>(start.minutes().count());
    second_floor = static_cast<unsigned>(start.seconds().count());
  }
  auto minute = first_from(minutes_, minute_floor);
  std::optional<unsigned> second;
  if (minute) {
    second = first_from(seconds_, *minute == minute_floor ? second_floor : 0);
    if (!second) {
      minute = first_from(minutes_, *minute + 1);
      second = first_from(seconds_, 0);
    }
  }
  if (!minute) {
    hour = first_from(hours_, *hour + 1);
    if (!hour) return std::nullopt;
    minute = first_from(minutes_, 0);
    second = first_from(seconds_, 0);
  }
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

std::optional<std::chrono::local_seconds> cron::next(std::chrono::local_seconds local) const {
  using namespace std::chrono;
  const local_seconds earliest = local + seconds(1);
  local_days day = floor<days>(earliest);
  seconds time_floor = earliest - day;
  const local_days last = day + days(366 * years_searched);
  while (day <= last) {
    const year_month_day date{day};
    if (!months_[unsigned(date.month())]) {
      day = local_days((date.year() / date.month() + months(1)) / 1);
      time_floor = seconds(0);
      continue;
    }
    if (matches_day(day)) {
      if (const auto time = time_from(time_floor)) return day + *time;
    }
    day += days(1);
    time_floor = seconds(0);
  }
  return std::nullopt;
}

}  // namespace triggerd::spec
