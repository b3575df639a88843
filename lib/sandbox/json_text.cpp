#include "sandbox/json_text.hpp"

#include <charconv>
#include <cmath>

namespace triggerd::sandbox {

namespace {

constexpr double exact_most = 9007199254740992.0;  // 2^53

// The shortest digits that name the double, padded with zeros: 12345678901234567890 becomes 12345678901234567000.
template <class Integer>
Integer as_javascript(Integer whole) {
  const double rounded = static_cast<double>(whole);
  if (std::abs(rounded) <= exact_most) return whole;
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, rounded, std::chars_format::fixed).ptr;
  const auto width = static_cast<std::size_t>(end - text);
  // The fixed form has the right length but the exact digits; the scientific form has the shortest ones.
  char digits[32];
  const auto stop = std::to_chars(digits, digits + sizeof digits, rounded, std::chars_format::scientific).ptr;
  std::string significant;
  for (const char c : std::string_view(digits, static_cast<std::size_t>(stop - digits))) {
    if (c == 'e') break;
    if (c != '.') significant += c;
  }
  significant.resize(width, '0');
  Integer value{};
  const auto read = std::from_chars(significant.data(), significant.data() + significant.size(), value);
  return read.ec == std::errc() ? value : whole;
}

}  // namespace

bool nested_too_deep(std::string_view text, std::size_t most) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > most) return true;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

std::optional<json> parse_json(std::string_view text) {
  if (nested_too_deep(text)) return std::nullopt;
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) return std::nullopt;
  return value;
}

std::string dump_json(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

void lose_precision(json& value) {
  if (value.is_structured()) {
    for (auto& part : value) lose_precision(part);
  } else if (value.is_number_unsigned()) {
    value = as_javascript(value.get<std::uint64_t>());
  } else if (value.is_number_integer()) {
    value = as_javascript(value.get<std::int64_t>());
  }
}

std::string_view type_word(const json& value) {
  switch (value.type()) {
    case json::value_t::null: return "null";
    case json::value_t::object: return "object";
    case json::value_t::array: return "array";
    case json::value_t::string: return "string";
    case json::value_t::boolean: return "boolean";
    default: return "number";
  }
}

const json* find(const json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto at = object.find(key);
  return at == object.end() ? nullptr : &*at;
}

std::string base64(std::string_view bytes) {
  static constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t j = 0; j < 3; ++j)
      three = three << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j) out += i + j <= bytes.size() ? alphabet[three >> (18 - 6 * j) & 63] : '=';
  }
  return out;
}

}  // namespace triggerd::sandbox
