// What the cases about misbehaving servers share.
#pragma once

#include "integration/wire.hpp"
#include "support/raw_server.hpp"

namespace triggerd::test {

struct verb {
  const char* method;
  const char* body;
};
// A mutation without a body has a connection of its own; the others may go over a kept one.
inline constexpr verb with_body{"POST", "{\"x\":1}"};
inline constexpr verb without_body{"POST", nullptr};
inline constexpr verb removal{"DELETE", nullptr};
inline constexpr verb reading{"GET", nullptr};
inline constexpr verb every_verb[] = {with_body, without_body, removal, reading};
inline constexpr verb every_mutation[] = {with_body, without_body, removal};

inline transport::request request_of(const verb& one, std::string url) {
  return request_of(one.method, std::move(url), one.body);
}

// For servers that stand still on purpose.
inline transport::request hasty(transport::request what) {
  what.connect_timeout = what.first_byte_timeout = what.stall_timeout = milliseconds(120);
  return what;
}

inline std::string shown(const transport::outcome& got) {
  constexpr const char* words[] = {"not sent", "ambiguous", "answered"};
  return std::string(words[static_cast<int>(got.what)]) + ", " + std::string(got.failure.code.name) + ", curl " +
         std::to_string(got.native_code) + ": " + got.failure.message;
}

}  // namespace triggerd::test
