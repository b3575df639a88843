// What was typed: `triggerd`, `triggerd check` or `triggerd ledger ...`.
#pragma once

#include "ledger_commands.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>

namespace triggerd {

struct command_line {
  bool check = false;
  std::string config;  // empty: the default
  bool connect = false, json = false, deny_warnings = false;
  ledger_command ledger;
};

// Fills `into` when the returned parser parses.
std::unique_ptr<CLI::App> make_parser(command_line& into);
// Nullopt when the program is done: help or version was printed, or a complaint about the usage. `code` says how to end.
std::optional<command_line> read_command_line(int argc, const char* const* argv, int& code);

}  // namespace triggerd
