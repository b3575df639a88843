// What a token says by its text alone.
#pragma once

#include "bench/origin/hashes.hpp"

#include <string>
#include <string_view>

namespace origin {

struct credential {
  std::string_view kind;       // prod, stg, dev, preview
  std::string_view behaviour;  // empty: none
  std::string_view name;
};

inline credential credential_of(std::string_view token) {
  credential out;
  if (token.starts_with("tr_")) token.remove_prefix(3);
  out.kind = token.substr(0, token.find('_'));
  token.remove_prefix(std::min(token.size(), out.kind.size() + 1));
  const std::size_t last = token.rfind('_');
  out.name = token.substr(last + 1);  // npos + 1: all of it
  if (last != std::string_view::npos) out.behaviour = token.substr(0, last);
  return out;
}

// A branch tells environments apart where the server looks at it.
inline std::uint64_t environment_of(std::string_view token, std::string_view branch) {
  const bool decides = token.starts_with("tr_preview_") || token.starts_with("tr_dev_");
  return hash_of(decides ? branch : std::string_view(), hash_of(token));
}

// As the server's identifiers look: a prefix, then 25 characters.
inline std::string id_text(std::string_view prefix, std::uint64_t number) {
  char digits[25];
  for (std::size_t i = sizeof digits; i-- > 1; number /= 10) digits[i] = static_cast<char>('0' + number % 10);
  digits[0] = 'c';
  return std::string(prefix).append(digits, sizeof digits);
}

}  // namespace origin
