// Which request reaches which endpoint, who may call it, and what the wrong method or the wrong key is told.
#pragma once

#include "sandbox/call.hpp"
#include "sandbox/limiter.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace triggerd::sandbox {

enum class access : std::uint8_t {
  key,       // any secret key by its scopes; a public token where the route takes one
  full_key,  // older routes: a secret key with full access; everything else is "no key"
  root_key,
  owner,      // a user or an organization, or a root key without choosing a branch
  user,       // a user or an organization
  person,     // a user alone
  variables,  // a user, or a secret key by its scopes
  anyone,     // also without any credential
};

// What a wrong method gets: each kind of route has its own way.
enum class wrong_method : std::uint8_t { page405, page400, empty405, crash };

struct route {
  std::string_view method;
  std::string_view pattern;  // '*' stands for one segment, '**' at the end for all that is left, as it came
  access who = access::key;
  std::string_view denied = "Invalid API key";
  meter counts = meter::api;
  bool exposes = false;  // access-control-expose-headers
  bool public_token = false;
  wrong_method otherwise = wrong_method::page405;
  reply (*run)(state&, const call&) = nullptr;
};

struct found_route {
  const route* to = nullptr;       // nullptr: the path is known, the method is not
  const route* at_path = nullptr;  // nullptr: no such path
  std::vector<std::string_view> arguments;
};

found_route find_route(std::string_view method, const target& where);

}  // namespace triggerd::sandbox
