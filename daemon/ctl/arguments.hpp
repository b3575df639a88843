// What a person typed, of all commands together: each uses a few.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace triggerd::ctl {

struct arguments {
  std::string socket;
  bool json = false;

  std::string what;               // the positional: job, fire, selector, level
  std::string on;                 // selector
  std::vector<std::string> vars;  // "K=V"
  std::vector<std::string> adopt;
  bool wait = false;
  bool follow = false;
  std::string for_how_long;
  std::string as;
  std::string target;
  std::string job;
  std::string state;
  std::string before;
  std::optional<std::int64_t> action, from, limit;
};

// Where the daemon listens unless --socket says so: $TRIGGERD_SOCKET, else the system's socket when it is there, else
// the user's, else the system's. A directory that may not be looked into counts as there.
std::string default_socket();

}  // namespace triggerd::ctl
