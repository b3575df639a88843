#include "base/json_text.hpp"

#include "base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace triggerd {

namespace {

using nlohmann::json;

// The letter behind the backslash; 'u' asks for the number, and 0 stands for a byte that needs none.
constexpr std::array<char, 256> escapes = [] {
  std::array<char, 256> letters{};
  for (std::size_t control = 0; control < 0x20; ++control) letters[control] = 'u';
  letters['\b'] = 'b';
  letters['\f'] = 'f';
  letters['\n'] = 'n';
  letters['\r'] = 'r';
  letters['\t'] = 't';
  letters['"'] = '"';
  letters['\\'] = '\\';
  return letters;
}();

char escape_of(char c) { return escapes[static_cast<unsigned char>(c)]; }

// Eight bytes at once: the top bit of a byte of the result is set where one needs an escape, and perhaps behind such a
// byte. Zero: none does.
std::uint64_t escapes_among(const char* eight) {
  constexpr std::uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, eight, sizeof bytes);
  const auto below = [&](std::uint64_t of, std::uint64_t bound) { return (of - ones * bound) & ~of; };
  return (below(bytes, 0x20) | below(bytes ^ (ones * '"'), 1) | below(bytes ^ (ones * '\\'), 1)) & tops;
}

constexpr std::size_t stride = 8;            // bytes that are looked at together
constexpr std::size_t longest = 6 * stride;  // of them, once they are escaped
constexpr std::size_t piece_size = 512;      // written here first: a string asks for room with each append

// Writes up to six characters; the place behind them.
char* put_escaped(char* to, char c) {
  static constexpr char digits[] = "0123456789abcdef";
  const char letter = escape_of(c);
  if (letter == 0) {
    *to++ = c;
    return to;
  }
  *to++ = '\\';
  *to++ = letter;
  if (letter != 'u') return to;
  const auto byte = static_cast<unsigned char>(c);
  for (const char digit : {'0', '0', digits[byte >> 4], digits[byte & 0xF]}) *to++ = digit;
  return to;
}

void append_text(std::string& out, const std::string& text) {
  if (text::is_utf8(text)) append_json_string(out, text);
  else out += json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

void append_structured(std::string& out, const json& value) {
  char between = value.is_array() ? '[' : '{';
  if (value.empty()) out += between;
  for (auto one = value.begin(); one != value.end(); ++one) {
    out += std::exchange(between, ',');
    if (value.is_object()) {
      append_text(out, one.key());
      out += ':';
    }
    append_json(out, *one);
  }
  out += value.is_array() ? ']' : '}';
}

}  // namespace

void append_json_string(std::string& out, std::string_view utf8) {
  std::array<char, piece_size> piece;
  char* const begin = piece.data();
  char* to = begin;
  *to++ = '"';
  while (!utf8.empty()) {
    if (begin + piece.size() < to + longest + 1) {
      out.append(begin, to);
      to = begin;
    }
    const std::size_t count = std::min(stride, utf8.size());
    if (count == stride && escapes_among(utf8.data()) == 0) {
      std::memcpy(to, utf8.data(), stride);
      to += stride;
    } else {
      for (std::size_t i = 0; i < count; ++i) to = put_escaped(to, utf8[i]);
    }
    utf8.remove_prefix(count);
  }
  *to++ = '"';
  out.append(begin, to);
}

// Fractions are nlohmann's to write.
void append_json(std::string& out, const json& value) {
  switch (value.type()) {
    case json::value_t::object:
    case json::value_t::array: append_structured(out, value); return;
    case json::value_t::string: append_text(out, value.get_ref<const std::string&>()); return;
    case json::value_t::number_integer: out += std::to_string(value.get<std::int64_t>()); return;
    case json::value_t::number_unsigned: out += std::to_string(value.get<std::uint64_t>()); return;
    case json::value_t::boolean: out += value.get<bool>() ? "true" : "false"; return;
    case json::value_t::null: out += "null"; return;
    default: out += value.dump(); return;
  }
}

void json_members::name(std::string_view of) {
  if (out_.back() != '{') out_ += ',';  // no value ends with that one
  append_json_string(out_, of);
  out_ += ':';
}

json_members& json_members::text(std::string_view of, std::string_view utf8) {
  name(of);
  append_json_string(out_, utf8);
  return *this;
}

json_members& json_members::number(std::string_view of, std::int64_t value) {
  name(of);
  out_ += std::to_string(value);
  return *this;
}

json_members& json_members::count(std::string_view of, std::uint64_t value) {
  name(of);
  out_ += std::to_string(value);
  return *this;
}

json_members& json_members::flag(std::string_view of, bool value) {
  name(of);
  out_ += value ? "true" : "false";
  return *this;
}

json_members& json_members::value(std::string_view of, const json& value) {
  name(of);
  append_json(out_, value);
  return *this;
}

json_members& json_members::begin(std::string_view of) {
  name(of);
  out_ += '{';
  return *this;
}

json_members& json_members::end() {
  out_ += '}';
  return *this;
}

json_members& json_members::raw(std::string_view of, std::string_view json) {
  name(of);
  out_ += json;
  return *this;
}

}  // namespace triggerd
