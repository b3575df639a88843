// The path and query of a request, decoded.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::sandbox {

struct target {
  std::string path;                                       // raw, without the query
  std::vector<std::string> segments;                      // decoded one by one: "a%2Fb" is one
  std::map<std::string, std::string, std::less<>> query;  // a repeated name: the last one wins

  std::optional<std::string_view> value(std::string_view name) const;
};

target read_target(std::string_view raw);
std::vector<std::string> listed(std::string_view joined);  // "a,b" without empty parts

}  // namespace triggerd::sandbox
