// What public access tokens and additional keys may do: "action:type" or "action:type:id" (contract API.md section 1.8).
#pragma once

#include "base/result.hpp"

#include <span>
#include <string>
#include <string_view>

namespace triggerd::spec {

// Words are kept as they stand: a newer server may know more of them.
struct access_scope {
  std::string action;  // "read", "write", "trigger", "batchTrigger", "update", "admin"; "*": every one
  std::string type;    // "runs", "tasks", "sessions", ...; "all": every one; empty: the bare scope "admin"
  std::string id;      // may hold colons ("user:1"); empty: every one of the type

  friend bool operator==(const access_scope&, const access_scope&) = default;
};

result<access_scope> parse_scope(std::string_view text);  // spec.scope
std::string show(const access_scope& one);

// Whether holding the one allows the other. A scope of a whole type allows each of its ids, one of an id nothing more;
// bare "admin" allows everything, and writing a task also triggering it.
bool grants(const access_scope& held, const access_scope& wanted);
// Whether one of a token's scopes does; those that cannot be read allow nothing.
bool grants(std::span<const std::string> held, const access_scope& wanted);

}  // namespace triggerd::spec
