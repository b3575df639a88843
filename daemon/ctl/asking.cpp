#include "ctl/asking.hpp"

#include "commands/interface.hpp"
#include "ctl/exit_codes.hpp"
#include "ctl/failure_view.hpp"
#include "ctl/progress.hpp"

#include <iostream>

namespace triggerd::ctl {

namespace {

constexpr auto short_patience = milliseconds(30'000);

std::string as_line(const json& reply) { return reply.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"; }

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

}  // namespace

result<control::client> connect(const arguments& said) {
  return control::client::connect(said.socket.empty() ? default_socket() : said.socket);
}

int report(const control::failure& failed, const arguments& said, window& to) {
  to.rub_out();
  if (said.json) {
    json out = {{"schema_version", 1}};
    out["error"] = failed.name.empty() ? std::string(failed.why.code.name) : failed.name;
    out["parameters"] = failed.parameters;
    out["message"] = words_of_failure(failed);
    to.print(as_line(out));
  } else {
    std::cerr << show_failure(failed, to.err());
  }
  return verdict_of_failure(failed);
}

int report_usage(std::string why, const arguments& said, window& to) {
  return report({fail(codes::invalid_argument, std::move(why))}, said, to);
}

int ask_daemon(const command& what, const arguments& said, window& to) {
  const auto asked = what.ask(said);
  if (!asked) return report({asked.error()}, said, to);
  auto door = connect(said);
  if (!door) return report({door.error()}, said, to);

  const std::string method = commands::control_interface().qualified(asked->method);
  const control::client::patience wait = asked->patient ? control::client::patience() : short_patience;
  progress far;
  const auto each = [&](const json& part) { return show_part(part, what, asked->how, said, far, to); };
  const auto answer = asked->how == streaming::no ? door->call(method, asked->parameters, wait)
                                                  : door->call_more(method, asked->parameters, each, wait);
  if (!answer) return report(answer.error(), said, to);
  if (said.names) to.print(names_in(*answer, what.lists));
  else to.print(said.json ? as_line(*answer) : what.show(*answer, to.out()));
  return what.verdict(*answer);
}

}  // namespace triggerd::ctl
