#include "spec/units.hpp"

#include "base/text.hpp"
#include "spec/codes.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace triggerd::spec {

namespace {

constexpr std::int64_t longest_duration = 3'653LL * 86'400'000;  // ten years
constexpr std::uint64_t largest_count = 1'000'000'000;           // of a rate; keeps sums far from overflow

struct unit {
  std::string_view name;
  std::uint64_t size;
};

constexpr std::array<unit, 6> duration_units{
    {{"w", 604'800'000}, {"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<unit, 7> rate_units{
    {{"ms", 1}, {"s", 1'000}, {"sec", 1'000}, {"m", 60'000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::array<unit, 10> size_units{{{"B", 1},
                                           {"kB", 1'000},
                                           {"KB", 1'000},
                                           {"MB", 1'000'000},
                                           {"GB", 1'000'000'000},
                                           {"TB", 1'000'000'000'000},
                                           {"KiB", 1ULL << 10},
                                           {"MiB", 1ULL << 20},
                                           {"GiB", 1ULL << 30},
                                           {"TiB", 1ULL << 40}}};

std::string quoted_unit(std::string_view text) { return '"' + text::printable(text, 64) + '"'; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes the digits at the front; nullopt when there are none or they do not fit.
std::optional<std::uint64_t> take_number(std::string_view& rest) {
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (failure != std::errc()) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return value;
}

// Takes everything up to the next digit.
std::string_view take_word(std::string_view& rest) {
  std::size_t length = 0;
  while (length < rest.size() && !is_digit(rest[length])) ++length;
  const auto word = rest.substr(0, length);
  rest.remove_prefix(length);
  return word;
}

template <std::size_t N>
std::optional<std::size_t> find_unit(const std::array<unit, N>& units, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i)
    if (units[i].name == name) return i;
  return std::nullopt;
}

error bad_duration(std::string_view text, std::string why) {
  return fail(codes::duration, "duration " + quoted_unit(text) + ' ' + std::move(why));
}

error bad_rate(std::string_view text, std::string why) {
  return fail(codes::rate, "rate " + quoted_unit(text) + ' ' + std::move(why));
}

error bad_size(std::string_view text, std::string why) {
  return fail(codes::size, "size " + quoted_unit(text) + ' ' + std::move(why));
}

error bad_share(std::string_view text, std::string why) {
  return fail(codes::share, "share " + quoted_unit(text) + ' ' + std::move(why));
}

}  // namespace

result<milliseconds> parse_duration(std::string_view text) {
  if (text.empty()) return bad_duration(text, "is empty; write for example \"90s\" or \"1h30m\"");
  std::string_view rest = text;
  std::int64_t total = 0;
  std::size_t smallest_allowed = 0;  // units must come in falling order, each once
  while (!rest.empty()) {
    if (!is_digit(rest.front()))
      return bad_duration(text, "is not made of whole numbers with units, such as \"1h30m\"");
    const auto number = take_number(rest);
    if (!number || *number > static_cast<std::uint64_t>(longest_duration))
      return bad_duration(text, "is longer than ten years");
    const std::string_view word = take_word(rest);
    if (word.empty()) return bad_duration(text, "has no unit; write for example \"90s\"");
    const auto found = find_unit(duration_units, word);
    if (!found) {
      const std::string mend = word.front() == '.' ? "has a fraction; use a smaller unit, such as \"1h30m\""
                                                   : "has the unit " + quoted_unit(word) + "; known are w d h m s ms";
      return bad_duration(text, mend);
    }
    if (*found < smallest_allowed)
      return bad_duration(text, "does not name its units once each, the largest first, such as \"1d12h\"");
    smallest_allowed = *found + 1;
    const auto size = static_cast<std::int64_t>(duration_units[*found].size);
    const auto count = static_cast<std::int64_t>(*number);
    if (count > (longest_duration - total) / size) return bad_duration(text, "is longer than ten years");
    total += count * size;
  }
  return milliseconds(total);
}

result<milliseconds> parse_signed_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  const auto size = parse_duration(negative ? text.substr(1) : text);
  if (!size) return size.error();
  return negative ? -*size : *size;
}

result<rate> parse_rate(std::string_view text) {
  const std::string form = "is not of the form \"1200/min\" or \"500/5s\"";
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return bad_rate(text, form);
  std::string_view count = text.substr(0, slash);
  const std::string_view per = text.substr(slash + 1);
  if (count.empty() || !is_digit(count.front()) || per.empty()) return bad_rate(text, form);
  const auto number = take_number(count);
  if (!count.empty()) return bad_rate(text, form);
  if (!number || *number == 0 || *number > largest_count) return bad_rate(text, "needs a count from 1 to 1000000000");
  if (!is_digit(per.front())) {
    const auto found = find_unit(rate_units, per);
    if (!found) return bad_rate(text, "has the unit " + quoted_unit(per) + "; known are ms s sec m min h d");
    return rate{*number, milliseconds(rate_units[*found].size)};
  }
  const auto span = parse_duration(per);
  if (!span) return bad_rate(text, "has a bad time: " + span.error().message);
  if (span->count() == 0) return bad_rate(text, "has a time of zero");
  return rate{*number, *span};
}

result<std::uint64_t> parse_size(std::string_view text) {
  if (text.empty() || !is_digit(text.front())) return bad_size(text, "is not of the form \"64KiB\" or \"3MB\"");
  std::string_view unit_name = text;
  const auto number = take_number(unit_name);
  if (!number) return bad_size(text, "is too large");
  if (unit_name.empty()) return bad_size(text, "has no unit; write for example \"512B\"");
  const auto found = find_unit(size_units, unit_name);
  if (!found)
    return bad_size(text, "has the unit " + quoted_unit(unit_name) + "; known are B kB MB GB TB KiB MiB GiB TiB");
  const std::uint64_t factor = size_units[*found].size;
  // Sizes are compared with signed 64-bit offsets of files.
  if (*number > static_cast<std::uint64_t>(INT64_MAX) / factor) return bad_size(text, "is too large");
  return *number * factor;
}

result<share> parse_share(std::string_view text) {
  if (!text.ends_with('%'))
    return bad_share(text, "has no percent sign; a plain count is written as a number without quotes");
  const std::string_view number = text.substr(0, text.size() - 1);
  const bool plain = number.find_first_not_of("0123456789.") == std::string_view::npos;
  share parsed;
  const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), parsed.percent);
  if (!plain || failure != std::errc() || end != number.data() + number.size())
    return bad_share(text, "is not a number followed by a percent sign, such as \"2%\"");
  if (parsed.percent > 100) return bad_share(text, "is more than 100%");
  return parsed;
}

bool share::allows(std::uint64_t part, std::uint64_t whole) const {
  if (percent < 0) return part <= count;
  return static_cast<double>(part) * 100.0 <= percent * static_cast<double>(whole);
}

// Rounded up: a key or a delay that lasts a little longer is safe, one that lapses early is not.
std::string server_duration(milliseconds how_long) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(how_long).count()) + 's';
}

}  // namespace triggerd::spec
