// The command line's grammar.
#pragma once

#include "ctl/arguments.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>

namespace triggerd::ctl {

// Fills `into` when the returned parser parses. Its one chosen subcommand is the command's name.
std::unique_ptr<CLI::App> make_parser(arguments& into, const std::string& version);

}  // namespace triggerd::ctl
