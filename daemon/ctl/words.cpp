#include "ctl/words.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

namespace triggerd::ctl {

namespace {

struct range {
  char32_t first, last;
};

// Unicode 15: marks and format characters without a column of their own, by the blocks that occur in names.
constexpr std::array zero_width{
    range{0x0300, 0x036f}, range{0x0483, 0x0489},  range{0x0591, 0x05bd}, range{0x064b, 0x065f}, range{0x0e31, 0x0e31},
    range{0x0e34, 0x0e3a}, range{0x0e47, 0x0e4e},  range{0x1ab0, 0x1aff}, range{0x1dc0, 0x1dff}, range{0x200b, 0x200f},
    range{0x202a, 0x202e}, range{0x2060, 0x2064},  range{0x20d0, 0x20ff}, range{0xfe00, 0xfe0f}, range{0xfe20, 0xfe2f},
    range{0xfeff, 0xfeff}, range{0xe0100, 0xe01ef}};
constexpr std::array double_width{range{0x1100, 0x115f},   range{0x2e80, 0x303e},   range{0x3041, 0x33ff},
                                  range{0x3400, 0x4dbf},   range{0x4e00, 0x9fff},   range{0xa000, 0xa4cf},
                                  range{0xac00, 0xd7a3},   range{0xf900, 0xfaff},   range{0xfe30, 0xfe6f},
                                  range{0xff00, 0xff60},   range{0xffe0, 0xffe6},   range{0x1f300, 0x1f64f},
                                  range{0x1f680, 0x1f6ff}, range{0x1f900, 0x1f9ff}, range{0x20000, 0x3fffd}};

template <std::size_t N>
bool within(const std::array<range, N>& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(), [c](range r) { return c >= r.first && c <= r.last; });
}

constexpr char colour_begins = '\033';
constexpr std::string_view colour_ends = "\033[0m";

struct character {
  std::size_t size = 1;   // bytes
  std::size_t width = 1;  // columns
};

// The character at the front. Bytes that are not UTF-8 count one column each, a colour none.
character first_of(std::string_view utf8) {
  const auto lead = static_cast<unsigned char>(utf8[0]);
  if (utf8[0] == colour_begins) return {std::min(utf8.find('m'), utf8.size() - 1) + 1, 0};
  const std::size_t size = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  if (size == 1 || size > utf8.size()) return {};
  char32_t code = lead & (0xff >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) code = (code << 6) | (static_cast<unsigned char>(utf8[i]) & 0x3f);
  if (within(zero_width, code)) return {size, 0};
  return {size, within(double_width, code) ? std::size_t{2} : std::size_t{1}};
}

}  // namespace

std::string count(std::int64_t n) {
  std::string digits = std::to_string(n);
  const std::size_t sign = n < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > 3 + sign;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string count(std::int64_t n, std::string_view one) {
  return count(n) + " " + std::string(one) + (n == 1 ? "" : "s");
}

std::string bytes(std::int64_t n) {
  constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(n);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  return decimal(value, unit == 0 ? 0 : 1) + " " + units[unit];
}

std::string decimal(double v, int digits) {
  if (!std::isfinite(v)) return "-";
  std::array<char, 64> buffer{};
  const int written = std::snprintf(buffer.data(), buffer.size(), "%.*f", digits, v);
  return {buffer.data(), std::min<std::size_t>(static_cast<std::size_t>(std::max(written, 0)), buffer.size() - 1)};
}

std::string span(milliseconds how_long) {
  std::int64_t rest = std::max<std::int64_t>(how_long.count(), 0);
  if (rest < 1'000) return std::to_string(rest) + " ms";
  struct unit {
    const char* name;
    std::int64_t size;
  };
  constexpr std::array units{unit{"d", 86'400'000}, unit{"h", 3'600'000}, unit{"m", 60'000}, unit{"s", 1'000}};
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (rest < units[i].size) continue;
    std::string out = std::to_string(rest / units[i].size) + units[i].name;
    rest %= units[i].size;
    if (i + 1 < units.size() && rest >= units[i + 1].size)
      out += " " + std::to_string(rest / units[i + 1].size) + units[i + 1].name;
    return out;
  }
  return "0 ms";
}

std::string when(std::string_view iso, instant now) {
  const auto at = text::parse_iso(iso);
  if (!at) return std::string(iso);
  const milliseconds from_now = *at - now;
  if (std::chrono::abs(from_now) < milliseconds(1'000)) return "now";
  return from_now.count() > 0 ? "in " + span(from_now) : span(-from_now) + " ago";
}

std::string clock_time(std::string_view iso) {
  const auto at = text::parse_iso(iso);
  if (!at) return std::string(iso);
  const std::string full = text::iso(*at);
  return full.substr(0, 10) + " " + full.substr(11, 8);
}

std::string time_of_day(std::string_view iso) {
  const auto at = text::parse_iso(iso);
  return at ? text::iso(*at).substr(11, 8) : std::string(iso);
}

std::size_t columns(std::string_view utf8) {
  std::size_t out = 0;
  while (!utf8.empty()) {
    const character c = first_of(utf8);
    out += c.width;
    utf8.remove_prefix(c.size);
  }
  return out;
}

std::string clip(std::string_view utf8, std::size_t most) {
  if (columns(utf8) <= most) return std::string(utf8);
  if (most == 0) return {};
  std::string out;
  std::size_t used = 0;
  while (!utf8.empty()) {
    const character c = first_of(utf8);
    if (used + c.width > most - 1) break;
    out += utf8.substr(0, c.size);
    used += c.width;
    utf8.remove_prefix(c.size);
  }
  out += "…";
  return out.find(colour_begins) == std::string::npos ? out : out.append(colour_ends);
}

std::vector<std::string> wrap(std::string_view utf8, std::size_t width) {
  std::vector<std::string> out;
  std::string line;
  for (std::string_view rest = utf8; !rest.empty();) {
    const std::size_t size = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, size);
    rest.remove_prefix(std::min(size + 1, rest.size()));
    if (!line.empty() && columns(line) + 1 + columns(word) > width) out.push_back(std::exchange(line, {}));
    line += (line.empty() ? "" : " ") + std::string(word);
  }
  if (!line.empty()) out.push_back(line);
  return out;
}

std::string bar(std::int64_t part, std::int64_t whole, std::size_t width) {
  const std::size_t room = width > 2 ? width - 2 : 0;
  const auto most = static_cast<double>(room);
  const double share = whole > 0 ? std::clamp(static_cast<double>(part) / static_cast<double>(whole), 0.0, 1.0) : 0;
  const auto full = static_cast<std::size_t>(share * most);
  return "[" + std::string(full, '#') + std::string(room - full, '.') + "]";
}

std::string pad(std::string_view utf8, std::size_t width, bool right) {
  const std::size_t used = columns(utf8);
  const std::string room(width > used ? width - used : 0, ' ');
  return right ? room + std::string(utf8) : std::string(utf8) + room;
}

}  // namespace triggerd::ctl
