// Commands of triggerctl that are more, or less, than one call to the daemon.
#pragma once

#include "ctl/arguments.hpp"
#include "ctl/window.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <vector>

namespace triggerd::ctl {

struct local_command {
  std::string name;
  std::string help;
  std::function<void(CLI::App&, arguments&)> options;
  std::function<int(const arguments&, window&)> run;  // gives the exit code
};

const std::vector<local_command>& local_commands();
// Null: a command of commands.hpp.
const local_command* local_command_named(const std::string& name);

}  // namespace triggerd::ctl
