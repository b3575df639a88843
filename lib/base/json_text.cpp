#include "base/json_text.hpp"

#include "base/text.hpp"

#include <nlohmann/json.hpp>

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

// The place of the first byte from `at` on that needs an escape; the end when none does.
std::size_t next_escape(std::string_view text, std::size_t at) {
  while (at + 8 <= text.size() && escapes_among(text.data() + at) == 0) at += 8;
  while (at < text.size() && escape_of(text[at]) == 0) ++at;
  return at;
}

void append_escaped(std::string& out, char c) {
  static constexpr char digits[] = "0123456789abcdef";
  const std::array<char, 2> escape{'\\', escape_of(c)};
  out.append(escape.data(), escape.size());
  if (escape[1] != 'u') return;
  const auto byte = static_cast<unsigned char>(c);
  out.append("00").append(1, digits[byte >> 4]).append(1, digits[byte & 0xF]);
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
  out += '"';
  std::size_t written = 0;
  for (std::size_t at = next_escape(utf8, 0); at < utf8.size(); at = next_escape(utf8, written)) {
    out.append(utf8, written, at - written);
    append_escaped(out, utf8[at]);
    written = at + 1;
  }
  out.append(utf8, written).append(1, '"');
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
