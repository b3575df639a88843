#include "base/json_text.hpp"

#include "base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace triggerd {

namespace {

using nlohmann::json;

// How many bytes more than itself each byte takes inside a JSON string.
constexpr std::array<std::uint8_t, 256> escape_costs = [] {
  std::array<std::uint8_t, 256> costs{};
  for (std::size_t control = 0; control < 0x20; ++control) costs[control] = 5;  // \u00xx
  for (const char c : {'"', '\\', '\b', '\f', '\n', '\r', '\t'}) costs[static_cast<unsigned char>(c)] = 1;
  return costs;
}();

std::uint8_t escape_cost(char c) { return escape_costs[static_cast<unsigned char>(c)]; }

char* write_escaped(char* to, char c) {
  static constexpr char digits[] = "0123456789abcdef";
  *to++ = '\\';
  switch (c) {
    case '\b': *to++ = 'b'; return to;
    case '\f': *to++ = 'f'; return to;
    case '\n': *to++ = 'n'; return to;
    case '\r': *to++ = 'r'; return to;
    case '\t': *to++ = 't'; return to;
    case '"':
    case '\\': *to++ = c; return to;
    default: break;
  }
  const auto byte = static_cast<unsigned char>(c);
  to = std::copy_n("u00", 3, to);
  *to++ = digits[byte >> 4];
  *to++ = digits[byte & 0xF];
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
  std::size_t more = 2;
  for (const char c : utf8) more += escape_cost(c);
  const std::size_t begin = out.size();
  out.resize(begin + utf8.size() + more);
  char* to = out.data() + begin;
  *to++ = '"';
  if (more == 2) {
    to = std::copy(utf8.begin(), utf8.end(), to);
  } else {
    for (const char c : utf8) {
      if (escape_cost(c) == 0) *to++ = c;
      else to = write_escaped(to, c);
    }
  }
  *to = '"';
}

// Numbers, truths and null are nlohmann's to write.
void append_json(std::string& out, const json& value) {
  if (value.is_structured()) append_structured(out, value);
  else if (value.is_string()) append_text(out, value.get_ref<const std::string&>());
  else out += value.dump();
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
