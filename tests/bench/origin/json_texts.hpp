// JSON looked at and made without reading all of it.
#pragma once

#include "bench/origin/messages.hpp"

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace origin {

// The text behind `"name":"` as written there, escapes and all; empty when there is none.
inline std::string_view text_in(std::string_view json, std::string_view name_and_quote) {
  const std::size_t at = json.find(name_and_quote);
  if (at == std::string_view::npos) return {};
  json.remove_prefix(at + name_and_quote.size());
  return json.substr(0, json.find('"'));
}

// The number behind `"name":`; 0 when there is none.
inline std::uint64_t number_in(std::string_view json, std::string_view name_and_colon) {
  std::uint64_t out = 0;
  const std::size_t at = json.find(name_and_colon);
  if (at == std::string_view::npos) return out;
  json.remove_prefix(at + name_and_colon.size());
  while (json.starts_with(' ')) json.remove_prefix(1);
  std::from_chars(json.data(), json.data() + json.size(), out);
  return out;
}

inline reply refuse(int status, std::string_view why) {
  reply out;
  out.status = status;
  out.body.append("{\"error\":\"").append(why).append("\"}");
  return out;
}

}  // namespace origin
