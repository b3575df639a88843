// triggerctl: one command line, one call, one answer.
#include "ctl/asking.hpp"
#include "ctl/commands.hpp"
#include "ctl/exit_codes.hpp"
#include "ctl/local_commands.hpp"
#include "ctl/options.hpp"
#include "ctl/window.hpp"
#include "process.hpp"
#include "version.hpp"

namespace triggerd::ctl {
namespace {

int main_program(int argc, char** argv) {
  process::hide_memory();  // tokens and values pass through
  arguments said;
  const auto parser = make_parser(said, version);
  try {
    parser->parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int code = parser->exit(e);
    return code == 0 ? exit_code::done : exit_code::usage;
  }
  const std::string name = parser->get_subcommands().front()->get_name();
  window to;
  if (const local_command* local = local_command_named(name)) return local->run(said, to);
  return ask_daemon(command_named(name), said, to);
}

}  // namespace
}  // namespace triggerd::ctl

int main(int argc, char** argv) { return triggerd::ctl::main_program(argc, argv); }
