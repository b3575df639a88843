#include "ctl/local_commands.hpp"

#include "commands/interface.hpp"
#include "ctl/endpoints_view.hpp"
#include "ctl/exit_codes.hpp"
#include "ctl/explain.hpp"
#include "ctl/support.hpp"
#include "ctl/top.hpp"

#include <algorithm>

namespace triggerd::ctl {

namespace {

int print_interface(const arguments&, window& to) {
  to.print(control::render(commands::control_interface()));
  return exit_code::done;
}

int print_endpoints(const arguments& said, window& to) {
  to.print(show_endpoints(said, to.out()));
  return exit_code::done;
}

void endpoint_options(CLI::App& of, arguments& into) { of.add_flag("--names", into.names, "The ids alone"); }

}  // namespace

const std::vector<local_command>& local_commands() {
  static const std::vector<local_command> table{
      {"interface", "The varlink interface of the socket as text; needs no daemon", nullptr, print_interface},
      {"endpoints", "What call takes, and who may call it; needs no daemon", endpoint_options, print_endpoints},
      {"explain", "What an error code means, or what made a fire or run", explain_options, explain},
      {"support", "How things stand, as one file for a helper, without secrets", support_options, support},
      {"top", "A live view of targets, jobs and fires, with keys to pause and cancel", top_options, top},
  };
  return table;
}

const local_command* local_command_named(const std::string& name) {
  const auto& all = local_commands();
  const auto found = std::find_if(all.begin(), all.end(), [&](const local_command& c) { return c.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace triggerd::ctl
