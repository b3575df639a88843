// One request on its way through the model: what came, who sent it, where it points.
#pragma once

#include "sandbox/answers.hpp"
#include "sandbox/credentials.hpp"
#include "sandbox/state.hpp"
#include "sandbox/target.hpp"

#include <variant>

namespace triggerd::sandbox {

struct call {
  const request& asked;
  const target& where;
  caller who;
  std::vector<std::string_view> arguments;  // the path's '*' in order

  std::string argument(std::size_t i) const { return std::string(arguments[i]); }
};

// The body of a newer route: 413 without Content-Length or beyond `most`, then the words for nothing and for no JSON.
std::variant<json, reply> read_body(const call& from, std::size_t most);
// The body of an older route: anything odd is a crash.
std::variant<json, reply> read_body_old(const call& from);

// False when a one-time token comes again.
bool spend_token(state& in, const caller& who);

// A project that the calling user can see; nullptr otherwise.
live_project* visible_project(state& in, const call& from, std::string_view ref);

// x-trigger-jwt and its claims.
void add_token(state& in, const caller& who, reply& to, const json& scopes, bool scopes_in_claims);

}  // namespace triggerd::sandbox
