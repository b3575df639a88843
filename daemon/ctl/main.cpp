// triggerctl: one command line, one call, one answer.
#include "commands/interface.hpp"
#include "control/client.hpp"
#include "ctl/commands.hpp"
#include "ctl/endpoints_view.hpp"
#include "ctl/exit_codes.hpp"
#include "ctl/failure_view.hpp"
#include "ctl/options.hpp"
#include "ctl/progress.hpp"
#include "ctl/words.hpp"
#include "process.hpp"

#include <cstdio>
#include <iostream>

#include <unistd.h>

#ifndef TRIGGERD_VERSION
#define TRIGGERD_VERSION "unknown"
#endif

namespace triggerd::ctl {
namespace {

constexpr auto short_patience = milliseconds(30'000);

class window {
 public:
  screen out() const { return screen_of(STDOUT_FILENO, time_.now()); }
  screen err() const { return screen_of(STDERR_FILENO, time_.now()); }
  steady_time steady() const { return time_.steady(); }

  void print(const std::string& text) {
    rub_out();
    std::cout << text << std::flush;
  }
  // One line that the next one replaces; only where a person watches.
  void live(const std::string& line) {
    if (::isatty(STDERR_FILENO) == 0) return;
    std::cerr << "\r\033[K" << line << std::flush;
    live_ = true;
  }
  void rub_out() {
    if (live_) std::cerr << "\r\033[K" << std::flush;
    live_ = false;
  }
  bool broken() const { return !std::cout.good(); }

 private:
  machine_clock time_;
  bool live_ = false;
};

std::string as_line(const json& reply) { return reply.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"; }

int report(const control::failure& failed, const arguments& said, window& to) {
  to.rub_out();
  if (said.json && !failed.name.empty()) {
    json out = json::object();
    out["error"] = failed.name;
    out["parameters"] = failed.parameters;
    to.print(as_line(out));
  } else {
    std::cerr << show_failure(failed, to.err());
  }
  return verdict_of_failure(failed);
}

// What one of several replies does to the screen. False when nobody reads us any more.
bool show_part(const json& part, const command& what, streaming how, const arguments& said, progress& far, window& to) {
  if (said.json) to.print(as_line(part));
  else if (how == streaming::lines) to.print(what.show(part, to.out()));
  else if (has(part, "progress")) {
    far.see(object_in(part, "progress"), to.steady());
    to.live(far.line(to.err()));
  } else if (has(part, "running")) {
    std::string line = what.show(part, to.err());
    if (!line.empty()) line.pop_back();
    to.live(line);
  }
  return !to.broken();
}

int run(const command& what, const arguments& said) {
  window to;
  const auto asked = what.ask(said);
  if (!asked) {
    std::cerr << "triggerctl: " << asked.error().message << "\n";
    return exit_code::usage;
  }
  auto door = control::client::connect(said.socket.empty() ? default_socket() : said.socket);
  if (!door) return report({door.error()}, said, to);

  const std::string method = commands::control_interface().qualified(asked->method);
  const control::client::patience wait = asked->patient ? control::client::patience() : short_patience;
  progress far;
  const auto each = [&](const json& part) { return show_part(part, what, asked->how, said, far, to); };
  const auto answer = asked->how == streaming::no ? door->call(method, asked->parameters, wait)
                                                  : door->call_more(method, asked->parameters, each, wait);
  if (!answer) return report(answer.error(), said, to);
  to.print(said.json ? as_line(*answer) : what.show(*answer, to.out()));
  return what.verdict(*answer);
}

int main_program(int argc, char** argv) {
  process::hide_memory();  // tokens and values pass through
  arguments said;
  const auto parser = make_parser(said, TRIGGERD_VERSION);
  try {
    parser->parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int code = parser->exit(e);
    return code == 0 ? exit_code::done : exit_code::usage;
  }
  const std::string name = parser->get_subcommands().front()->get_name();
  if (name == "interface") {
    std::cout << control::render(commands::control_interface());
    return exit_code::done;
  }
  if (name == "endpoints") {
    machine_clock time;
    std::cout << show_endpoints(said, screen_of(STDOUT_FILENO, time.now()));
    return exit_code::done;
  }
  return run(command_named(name), said);
}

}  // namespace
}  // namespace triggerd::ctl

int main(int argc, char** argv) { return triggerd::ctl::main_program(argc, argv); }
