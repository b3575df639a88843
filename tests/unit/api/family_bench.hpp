// What an operation asks for and what it makes of a reply, in one line each.
#pragma once

#include "api/codes.hpp"
#include "unit/api/reader_bench.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace triggerd::api::test {

inline json sent(const call& what) {
  REQUIRE(what.body != nullptr);
  CHECK(what.content_type == "application/json");
  return json::parse(*what.body);
}

inline std::string line_of(std::string_view method, const call& what) {
  CHECK(what.endpoint->method == method);
  if (method == "GET") CHECK_FALSE(what.mutates());
  return what.path;
}

template <class T>
T value_of(const operation<T>& what, const std::string& body, int status = 200) {
  auto read = what.read(response(status, body));
  REQUIRE(read.has_value());
  return std::move(*read);
}

// Nothing is made of it; the words name the argument and do not quote its value.
template <class T>
void hold_refused(const result<T>& made, std::string_view argument, std::string_view value = {}) {
  CAPTURE(argument);
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == codes::bad_argument);
  CHECK(made.error().message.find(argument) != std::string::npos);
  if (!value.empty()) CHECK(made.error().message.find(value) == std::string::npos);
}

}  // namespace triggerd::api::test
