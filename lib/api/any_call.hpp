// Every endpoint of the table by its id, for what has no typed operation.
#pragma once

#include "api/operation.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace triggerd::api {

struct any_reply {
  int status = 0;
  std::string content_type;  // without its parameters; empty: none
  std::string body;          // as it came
};

using parameters = std::vector<std::pair<std::string, std::string>>;

// `given`: what stands in braces in the endpoint's path, by that name and once each; all others go into the query, in
// this order. `body` is sent with the content type of the endpoint. Nothing makes a repetition of it harmless but the
// endpoint's own `idempotent` column. api.bad-argument for an unknown id (naming the nearest), a missing or empty part of
// the path, and a body where the endpoint takes none.
result<operation<any_reply>> any_call(std::string_view endpoint, const parameters& given,
                                      std::shared_ptr<const std::string> body = nullptr);

// The names in braces of an endpoint's path, in order: {"projectRef", "slug"}.
std::vector<std::string_view> path_names(const spec::endpoint& of);

// What stands at a place of the call's path, decoded; nullopt: no such place.
std::optional<std::string> path_part(const call& what, std::string_view name);

}  // namespace triggerd::api
