// What a person typed, of all commands together: each uses a few.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <map>
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
  std::string every;
  std::string as;
  std::string target;
  std::string job;
  std::string state;
  std::string before;
  std::optional<std::int64_t> action, from, limit;

  std::string endpoint;
  std::vector<std::string> parameters;                               // "K=V"
  std::string body;                                                  // a file's name, or "-"
  std::vector<std::string> reads, writes, triggers, batch_triggers;  // "TYPE" or "TYPE:ID"
  bool everything = false;
  bool one_time = false;
  std::string expires;
  bool names = false;
  std::string verb;  // of a session: "tail" or "append"
  bool in = false, out = false;
  std::string text;  // a record, or "-"
};

// "K=V" words of this option; a value may hold "=" and may be empty. base.invalid-argument for another form, and for a
// name that is given twice.
result<std::map<std::string, std::string>> named_values(const std::vector<std::string>& words,
                                                        const std::string& option);

// Where the daemon listens unless --socket says so: $TRIGGERD_SOCKET, else the system's socket when it is there, else
// the user's, else the system's. A directory that may not be looked into counts as there.
std::string default_socket();

}  // namespace triggerd::ctl
