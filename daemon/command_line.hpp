// What was typed: `triggerd`, or `triggerd check`.
#pragma once

#include <optional>
#include <string>

namespace triggerd {

struct command_line {
  bool check = false;
  std::string config;  // empty: the default
  bool connect = false, json = false, deny_warnings = false;
};

// Nullopt when the program is done: help or version was printed, or a complaint about the usage. `code` says how to end.
std::optional<command_line> read_command_line(int argc, const char* const* argv, int& code);

}  // namespace triggerd
