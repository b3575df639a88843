#include "sandbox/spans.hpp"

#include "base/text.hpp"

#include <charconv>

namespace triggerd::sandbox {

namespace {

constexpr std::int64_t most_of_a_unit = 1'000'000'000;  // keeps the product inside 64 bits

std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || text.front() == '-' || value > most_of_a_unit) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  return value;
}

std::string_view take_word(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && ((text[size] >= 'a' && text[size] <= 'z') || (text[size] >= 'A' && text[size] <= 'Z')))
    ++size;
  const std::string_view word = text.substr(0, size);
  text.remove_prefix(size);
  return word;
}

std::optional<std::int64_t> unit_seconds(std::string_view unit) {
  if (unit == "w") return 604'800;
  if (unit == "d") return 86'400;
  if (unit == "h" || unit == "hr") return 3'600;
  if (unit == "m") return 60;
  if (unit == "s") return 1;
  return std::nullopt;
}

std::optional<std::int64_t> long_unit_seconds(std::string_view unit) {
  if (unit.size() > 2 && unit.ends_with('s')) unit.remove_suffix(1);
  if (unit == "week") return 604'800;
  if (unit == "day") return 86'400;
  if (unit == "hour" || unit == "hr") return 3'600;
  if (unit == "minute" || unit == "min") return 60;
  if (unit == "second" || unit == "sec") return 1;
  if (unit == "y" || unit == "year" || unit == "yr") return 31'557'600;
  return unit_seconds(unit);
}

}  // namespace

std::optional<milliseconds> read_duration(std::string_view text) {
  if (text.empty() || text.size() > 100) return std::nullopt;
  std::int64_t total = 0;
  while (!text.empty()) {
    const auto number = take_number(text);
    const auto unit = number ? unit_seconds(take_word(text)) : std::nullopt;
    if (!unit) return std::nullopt;
    total += *number * *unit;
  }
  return seconds(total);
}

std::optional<milliseconds> read_key_lifetime(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const auto number = take_number(text);
  if (!number || text.size() != 1 || text == "w") return std::nullopt;
  const auto unit = unit_seconds(text);
  if (!unit) return std::nullopt;
  return seconds(*number * *unit);
}

std::optional<milliseconds> read_span(std::string_view text) {
  text = text::trim(text);
  if (text.empty()) return std::nullopt;
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  text = text::trim(text);
  const auto unit = long_unit_seconds(take_word(text));
  if (!unit || !text.empty()) return std::nullopt;
  return seconds(*number * *unit);
}

std::optional<instant> read_date(std::string_view text) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return instant(milliseconds(number));
  return text::parse_iso(text);
}

std::string write_duration(std::int64_t whole_seconds) {
  static constexpr std::pair<std::int64_t, char> units[] = {{604'800, 'w'}, {86'400, 'd'}, {3'600, 'h'}, {60, 'm'}};
  std::string out;
  for (const auto& [size, unit] : units) {
    if (whole_seconds >= size) out += std::to_string(whole_seconds / size) + unit;
    whole_seconds %= size;
  }
  if (whole_seconds > 0 || out.empty()) out += std::to_string(whole_seconds) + 's';
  return out;
}

}  // namespace triggerd::sandbox
