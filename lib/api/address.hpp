// Paths and queries, encoded as contract API.md section 2 says.
#pragma once

#include "base/clock.hpp"
#include "spec/endpoint.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace triggerd::api {

// Fills the {placeholders} of an endpoint's path in order, each percent-encoded.
std::string path_of(const spec::endpoint& endpoint, std::initializer_list<std::string_view> parts);

// Ordered query parameters; empty values are left out.
class query {
 public:
  query& add(std::string_view name, std::string_view value);
  query& add_list(std::string_view name, const std::vector<std::string>& values);  // joined by commas in one parameter
  query& add_instant(std::string_view name, std::optional<instant> at);            // milliseconds since 1970
  query& add_number(std::string_view name, std::uint64_t value);                   // 0: left out
  std::string text() const { return text_; }                                       // "" or "?a=b&c=d"

 private:
  std::string text_;
};

}  // namespace triggerd::api
