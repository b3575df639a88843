#include "command_line.hpp"

#include "exit_codes.hpp"
#include "version.hpp"

namespace triggerd {

namespace {

constexpr const char* about = "Runs Trigger.dev jobs over many isolated targets.";
constexpr const char* footer =
    "Without a command it runs the daemon, in the foreground.\n"
    "Signals: HUP reload, TERM and INT drain and stop (twice: stop now), USR1 status to the log.\n"
    "Exit codes: 0 done, 1 failed, 64 usage, 78 configuration.";
constexpr const char* export_help = "Writes the ledger with all that waits to one file, to keep or to take along";
constexpr const char* import_help = "Puts such a file in the place of the ledger, which is set aside";
constexpr const char* new_help = "Begins with an empty ledger; the one that stood there is set aside";
constexpr const char* config_help =
    "The main file; default /etc/triggerd/triggerd.toml, else triggerd/triggerd.toml in $XDG_CONFIG_HOME or ~/.config";

void add_ledger_commands(CLI::App& app, command_line& out) {
  using verb = ledger_command::verb;
  CLI::App* ledger = app.add_subcommand("ledger", "Tends the ledger while no daemon runs");
  ledger->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, verb what) {
    CLI::App* one = ledger->add_subcommand(name, help);
    one->add_option("--config", out.config, config_help)->type_name("FILE");
    one->callback([&out, what] { out.ledger.what = what; });
    return one;
  };
  for (CLI::App* one : {add("export", export_help, verb::take_out), add("import", import_help, verb::bring_in)})
    one->add_option("FILE", out.ledger.file, "- is standard output or input")->required();
  add("new", new_help, verb::begin);
}

}  // namespace

std::unique_ptr<CLI::App> make_parser(command_line& into) {
  auto app = std::make_unique<CLI::App>(about, "triggerd");
  app->footer(footer);
  app->set_version_flag("--version", std::string("triggerd ") + version);
  app->require_subcommand(0, 1);
  app->add_option("--config", into.config, config_help)->type_name("FILE");
  CLI::App* check = app->add_subcommand("check", "Tells everything that is wrong with the files, and runs nothing");
  check->add_option("--config", into.config, config_help)->type_name("FILE");
  check->add_flag("--connect", into.connect, "Also ask the servers whose the keys are");
  check->add_flag("--json", into.json, "One JSON document, for scripts");
  check->add_flag("--deny-warnings", into.deny_warnings, "Warnings are a reason to refuse");
  check->callback([&into] { into.check = true; });
  add_ledger_commands(*app, into);
  return app;
}

std::optional<command_line> read_command_line(int argc, const char* const* argv, int& code) {
  command_line out;
  const auto parser = make_parser(out);
  try {
    parser->parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    code = parser->exit(e) == 0 ? exit_code::done : exit_code::usage;
    return std::nullopt;
  }
  return out;
}

}  // namespace triggerd
