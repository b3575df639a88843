// What surrounds a call that is made on behalf of a running task. It is a value that somebody passes on: there is no
// ambient one. A client has none unless it was given (contract API.md 9.1, point 6).
#pragma once

#include <string>

namespace triggerd::client {

struct context {
  std::string run = {};      // parent run, "run_..."; also part of keys of the scopes run and attempt
  int attempt = 0;           // of that run, from 1; 0: unknown
  bool test = false;         // what it triggers are test runs
  std::string version = {};  // deployment that what it triggers is locked to; empty: the current one
  std::string project = {};  // "proj_..."; empty: unknown
  std::string slug = {};     // of its environment, "prod"; empty: unknown

  friend bool operator==(const context&, const context&) = default;
};

}  // namespace triggerd::client
