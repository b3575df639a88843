// A request and a reply as the model sees them: its own types, because a model that shares the client's code cannot
// contradict it.
#pragma once

#include "base/clock.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace triggerd::sandbox {

// Names in lower case, in order of arrival; a name may stand twice.
using header_list = std::vector<std::pair<std::string, std::string>>;

std::optional<std::string_view> first_header(const header_list& headers, std::string_view name);

struct request {
  std::string method;  // "GET"
  std::string target;  // path and query as they came, "/api/v1/runs?page%5Bsize%5D=2"
  header_list headers;
  std::string body;
  std::optional<instant> until{};  // of one that is asked again: when its waiting is over
};

struct reply {
  int status = 200;
  header_list headers;
  std::string body;
  // There may be more to say: ask this when the model has changed, and at its `until` at the latest.
  std::shared_ptr<const request> again{};
  bool streams = false;  // what `again` says follows `body`; otherwise it takes the place of this reply
};

}  // namespace triggerd::sandbox
