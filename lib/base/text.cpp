#include "base/text.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace triggerd::text {

namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
    }
  }
  return row[b.size()];
}

// Length of the well-formed UTF-8 sequence at the start of `text`; 0 when there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto tail = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!tail(1) || !tail(2)) return 0;
    if (first == 0xE0 && byte(1) < 0xA0) return 0;  // overlong
    if (first == 0xED && byte(1) > 0x9F) return 0;  // surrogate
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

void append_escape(std::string& out, unsigned char byte) {
  static constexpr char digits[] = "0123456789abcdef";
  out += "\\x";
  out += digits[byte >> 4];
  out += digits[byte & 0xF];
}

std::optional<int> digits_at(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

// A leap second and an offset may lead out of the years that iso() can write.
std::optional<instant> in_four_digit_years(instant at) {
  using namespace std::chrono;
  if (at < instant(sys_days(year(0) / 1 / 1)) || at >= instant(sys_days(year(10'000) / 1 / 1))) return std::nullopt;
  return at;
}

// Into zeros, the last digit at the place before `end`.
void write_digits(std::string& into, std::size_t end, unsigned value) {
  for (; value > 0; value /= 10) into[--end] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  parts.reserve(static_cast<std::size_t>(std::count(text.begin(), text.end(), separator)) + 1);
  for (std::size_t start = 0;;) {
    const std::size_t end = text.find(separator, start);
    if (end == std::string_view::npos) {
      parts.push_back(text.substr(start));
      return parts;
    }
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += separator;
    out += parts[i];
  }
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  const auto lowered = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lowered(x) == lowered(y); });
}

bool glob_match(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || (pattern[p] != '*' && pattern[p] == text[t]))) {
      ++p;
      ++t;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::optional<std::string> nearest(std::string_view word, std::span<const std::string_view> candidates) {
  const std::size_t tolerance = std::max<std::size_t>(1, word.size() / 3);
  std::size_t best = tolerance + 1;
  std::optional<std::string> found;
  for (const auto candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best) {
      best = distance;
      found = std::string(candidate);
    }
  }
  return found;
}

bool is_utf8(std::string_view text) {
  for (;;) {
    // Most text is ASCII from end to end.
    const auto beyond = std::find_if(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) < 0; });
    text.remove_prefix(static_cast<std::size_t>(beyond - text.begin()));
    if (text.empty()) return true;
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

std::string printable(std::string_view text, std::size_t most) {
  std::string out;
  while (!text.empty()) {
    if (out.size() >= most) return out + "...";
    const std::size_t length = utf8_length(text);
    const auto first = static_cast<unsigned char>(text.front());
    // C1 controls (U+0080 to U+009F) drive terminals too.
    const bool c1 = length == 2 && first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0;
    if (length == 0 || first < 0x20 || first == 0x7f) {
      append_escape(out, first);
      text.remove_prefix(1);
    } else if (c1) {
      append_escape(out, static_cast<unsigned char>(text[1]));
      text.remove_prefix(2);
    } else {
      out += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return out;
}

std::string iso(instant at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const auto of_day = static_cast<unsigned>((at - day) / milliseconds(1));
  std::string out = "0000-00-00T00:00:00.000Z";
  write_digits(out, 4, static_cast<unsigned>(std::clamp(int(date.year()), 0, 9'999)));
  write_digits(out, 7, unsigned(date.month()));
  write_digits(out, 10, unsigned(date.day()));
  write_digits(out, 13, of_day / 3'600'000);
  write_digits(out, 16, of_day / 60'000 % 60);
  write_digits(out, 19, of_day / 1'000 % 60);
  write_digits(out, 23, of_day % 1'000);
  return out;
}

std::optional<instant> parse_iso(std::string_view text) {
  using namespace std::chrono;
  const auto y = digits_at(text, 0, 4);
  const auto mo = digits_at(text, 5, 2);
  const auto d = digits_at(text, 8, 2);
  if (!y || !mo || !d || text[4] != '-' || text[7] != '-') return std::nullopt;
  const year_month_day date{year(*y), month(static_cast<unsigned>(*mo)), day(static_cast<unsigned>(*d))};
  if (!date.ok()) return std::nullopt;
  instant at{sys_days(date)};
  std::size_t i = 10;
  if (i == text.size()) return at;
  if (text[i] != 'T' && text[i] != 't' && text[i] != ' ') return std::nullopt;
  const auto h = digits_at(text, i + 1, 2);
  const auto mi = digits_at(text, i + 4, 2);
  if (!h || !mi || *h > 23 || *mi > 59 || text[i + 3] != ':') return std::nullopt;
  at += hours(*h) + minutes(*mi);
  i += 6;
  if (i < text.size() && text[i] == ':') {
    const auto s = digits_at(text, i + 1, 2);
    if (!s || *s > 60) return std::nullopt;
    at += std::chrono::seconds(*s);
    i += 3;
    if (i < text.size() && text[i] == '.') {
      int scale = 100;
      for (++i; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, scale /= 10)
        at += milliseconds((text[i] - '0') * scale);
    }
  }
  if (i == text.size()) return std::nullopt;  // without a zone it names no instant
  if ((text[i] == 'Z' || text[i] == 'z') && i + 1 == text.size()) return in_four_digit_years(at);
  if (text[i] != '+' && text[i] != '-') return std::nullopt;
  const auto oh = digits_at(text, i + 1, 2);
  const auto om = digits_at(text, i + 4, 2);
  if (!oh || !om || *oh > 23 || *om > 59 || i + 6 != text.size() || text[i + 3] != ':') return std::nullopt;
  const auto offset = hours(*oh) + minutes(*om);
  return in_four_digit_years(text[i] == '+' ? at - offset : at + offset);
}

std::string show(milliseconds how_long) {
  if (how_long.count() == 0) return "0s";
  if (how_long.count() < 0) return "-" + show(-how_long);
  static constexpr std::pair<long long, std::string_view> units[] = {
      {7LL * 86400000, "w"}, {86400000, "d"}, {3600000, "h"}, {60000, "m"}, {1000, "s"}, {1, "ms"}};
  std::string out;
  long long rest = how_long.count();
  for (const auto& [size, name] : units) {
    if (rest < size) continue;
    out += std::to_string(rest / size);
    out += name;
    rest %= size;
  }
  return out;
}

}  // namespace triggerd::text
