// triggerd-sandbox: the Trigger.dev API on loopback, for rehearsal, demo and tests.
#include "http/listener.hpp"
#include "sandbox/arguments.hpp"
#include "sandbox/checked_toml.hpp"
#include "sandbox/fault_file.hpp"
#include "sandbox/front.hpp"
#include "sandbox/world_file.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <iostream>

namespace triggerd::rehearsal {
namespace {

constexpr int exit_failed = 1;
constexpr int exit_usage = 64;
constexpr int exit_unavailable = 69;
constexpr int exit_configuration = 78;

class terminal_log final : public log {
 public:
  void write(log_level level, std::string_view message, std::initializer_list<log_field>) override {
    if (level >= log_level::warning) std::cerr << "triggerd-sandbox: " << message << '\n';
  }
};

int told(const error& why, int code) {
  std::cerr << "triggerd-sandbox: " << why.message << '\n';
  return code;
}

result<sandbox::world> load_world(const std::string& path) {
  if (path.empty()) return parse_world(default_world(), "built-in world");
  const auto text = read_text(path);
  if (!text) return text.error();
  return parse_world(*text, path);
}

result<std::vector<sandbox::fault_rule>> load_faults(const std::string& path) {
  if (path.empty()) return std::vector<sandbox::fault_rule>();
  const auto text = read_text(path);
  if (!text) return text.error();
  return parse_faults(*text, path);
}

void print_keys(const sandbox::world& of) {
  for (const auto& project : of.projects)
    for (const auto& home : project.environments)
      if (!home.export_as.empty()) std::cout << home.export_as << '=' << home.key << '\n';
  for (const auto& token : of.tokens)
    if (!token.export_as.empty()) std::cout << token.export_as << '=' << token.value << '\n';
}

task<> serve_until_told(front& served, http::listener& door, asio::signal_set& signals, loop_timers& timers) {
  boost::system::error_code ignored;
  co_await signals.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  served.close();
  co_await door.close();
  timers.close();
}

int serve(const arguments& said, front_options options) {
  machine_clock clock;
  asio::io_context loop(1);
  loop_timers timers(loop, clock);
  terminal_log log;
  std::optional<front> served;
  http::listener_options door_options;
  door_options.most_body = limits::sandbox_body;
  const auto answers = [&served](http::request asked) { return served->answer(std::move(asked)); };
  http::listener door(loop.get_executor(), timers, clock, log, answers, door_options);
  if (const auto listening = door.listen(said.listen); !listening) return told(listening.error(), exit_unavailable);
  // Nothing is answered before run(), so that the world may know the port.
  const std::string url = "http://" + door.address();
  if (options.world.base_url.empty()) options.world.base_url = url;
  served.emplace(std::move(options), clock, timers);

  asio::signal_set signals(loop, SIGINT, SIGTERM);
  task_group children(loop.get_executor());
  children.spawn(serve_until_told(*served, door, signals, timers));
  std::cout << "triggerd-sandbox listens on " << url << " (seed " << said.seed << ')' << std::endl;
  loop.run();
  if (!served->settle()) return told(fail(codes::io, "the effects file is not whole"), exit_failed);
  return 0;
}

int main_program(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  arguments said;
  const auto parser = make_parser(said);
  try {
    parser->parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int code = parser->exit(e);
    return code == 0 ? 0 : exit_usage;
  }
  front_options options;
  options.seed = said.seed;
  auto world = load_world(said.world);
  if (!world) return told(world.error(), exit_configuration);
  options.world = std::move(*world);
  if (said.print_env) {
    print_keys(options.world);
    return 0;
  }
  auto faults = load_faults(said.faults);
  if (!faults) return told(faults.error(), exit_configuration);
  options.faults = std::move(*faults);
  if (!said.effects.empty()) {
    auto file = effect_file::create(said.effects);
    if (!file) return told(file.error(), exit_configuration);
    options.effects.emplace(std::move(*file));
  }
  return serve(said, std::move(options));
}

}  // namespace
}  // namespace triggerd::rehearsal

int main(int argc, char** argv) { return triggerd::rehearsal::main_program(argc, argv); }
