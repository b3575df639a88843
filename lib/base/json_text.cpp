#include "base/json_text.hpp"

namespace triggerd {

namespace {

bool is_plain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

void append_escaped(std::string& out, char c) {
  static constexpr char digits[] = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  const auto byte = static_cast<unsigned char>(c);
  out += "\\u00";
  out += digits[byte >> 4];
  out += digits[byte & 0xF];
}

}  // namespace

void append_json_string(std::string& out, std::string_view utf8) {
  out += '"';
  std::size_t plain = 0;  // where the text begins that is not yet written
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    if (is_plain(utf8[i])) continue;
    out.append(utf8, plain, i - plain);
    append_escaped(out, utf8[i]);
    plain = i + 1;
  }
  out.append(utf8, plain);
  out += '"';
}

void json_members::name(std::string_view of) {
  if (!empty()) out_ += ',';
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

}  // namespace triggerd
