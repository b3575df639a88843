// Times as texts, for the tests of schedules.
#pragma once

#include "base/text.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace triggerd::test {

inline instant utc(std::string_view text) {
  const auto at = text::parse_iso(text);
  REQUIRE(at);
  return *at;
}

inline std::chrono::local_seconds local(std::string_view text) {
  return std::chrono::local_seconds(
      std::chrono::floor<std::chrono::seconds>(utc(std::string(text) + 'Z')).time_since_epoch());
}

}  // namespace triggerd::test
