// triggerctl: one command line, one call, one answer.
#include "ctl/asking.hpp"
#include "ctl/commands.hpp"
#include "ctl/exit_codes.hpp"
#include "ctl/local_commands.hpp"
#include "ctl/options.hpp"
#include "ctl/window.hpp"
#include "process.hpp"
#include "version.hpp"

#include <algorithm>
#include <string_view>

namespace triggerd::ctl {
namespace {

// Help and the version are asked for, and no errors. A parser that failed has not seen every option.
int end_parsing(const CLI::App& parser, const CLI::ParseError& how, bool as_json) {
  const bool wrong = how.get_exit_code() != 0;
  if (!wrong || !as_json) return parser.exit(how) == 0 ? exit_code::done : exit_code::usage;
  arguments said;
  said.json = true;
  window to;
  return report_usage(how.what(), said, to);
}

int main_program(int argc, char** argv) {
  process::hide_memory();  // tokens and values pass through
  arguments said;
  const auto parser = make_parser(said, version);
  try {
    parser->parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return end_parsing(*parser, e, std::find(argv, argv + argc, std::string_view("--json")) != argv + argc);
  }
  const std::string name = parser->get_subcommands().front()->get_name();
  window to;
  if (const local_command* local = local_command_named(name)) return local->run(said, to);
  return ask_daemon(command_named(name), said, to);
}

}  // namespace
}  // namespace triggerd::ctl

int main(int argc, char** argv) { return triggerd::ctl::main_program(argc, argv); }
