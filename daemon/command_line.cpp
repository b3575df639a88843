#include "command_line.hpp"

#include "exit_codes.hpp"
#include "version.hpp"

#include <CLI/CLI.hpp>

namespace triggerd {

namespace {

constexpr const char* about = "Runs Trigger.dev jobs over many isolated targets.";
constexpr const char* footer =
    "Without a command it runs the daemon, in the foreground.\n"
    "Signals: HUP reload, TERM and INT drain and stop (twice: stop now), USR1 status to the log.\n"
    "Exit codes: 0 done, 1 failed, 64 usage, 78 configuration.";
constexpr const char* config_help =
    "The main file; default /etc/triggerd/triggerd.toml, else triggerd/triggerd.toml in $XDG_CONFIG_HOME or ~/.config";

}  // namespace

std::optional<command_line> read_command_line(int argc, const char* const* argv, int& code) {
  command_line out;
  CLI::App app(about, "triggerd");
  app.footer(footer);
  app.set_version_flag("--version", std::string("triggerd ") + version);
  app.require_subcommand(0, 1);
  app.add_option("--config", out.config, config_help)->type_name("FILE");
  CLI::App* check = app.add_subcommand("check", "Tells everything that is wrong with the files, and runs nothing");
  check->add_option("--config", out.config, config_help)->type_name("FILE");
  check->add_flag("--connect", out.connect, "Also ask the servers whose the keys are");
  check->add_flag("--json", out.json, "One JSON document, for scripts");
  check->add_flag("--deny-warnings", out.deny_warnings, "Warnings are a reason to refuse");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    code = app.exit(e) == 0 ? exit_code::done : exit_code::usage;
    return std::nullopt;
  }
  out.check = check->parsed();
  return out;
}

}  // namespace triggerd
