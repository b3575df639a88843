#include "app.hpp"

#include "closing.hpp"
#include "config/verdict.hpp"
#include "drain.hpp"
#include "exit_codes.hpp"
#include "instance.hpp"
#include "opening.hpp"
#include "process.hpp"
#include "serving.hpp"

#include <boost/asio/co_spawn.hpp>

#include <iostream>

namespace triggerd {

namespace {

// A ledger of gigabytes is looked at page by page, and a program that gives a key may take its time.
constexpr milliseconds start_patience = std::chrono::minutes(10);

void rethrow(std::exception_ptr failure) {
  if (failure) std::rethrow_exception(failure);
}

task<result<>> begin(instance& here) {
  // Open: folders, lock, ledger, keys and connections, before anybody hears of us.
  here.manager.status("starting");
  here.manager.needs(start_patience);
  const auto opened = co_await open(here);
  if (!opened) co_return opened.error();

  // Recover: what an earlier process left unfinished goes on.
  here.manager.needs(start_patience);
  const auto recovered = co_await recover(here);
  if (!recovered) co_return recovered.error();

  // Serve: the doors are bound, schedules begin, the service manager is told.
  co_return serve(here);
}

task<> live(instance& here, int& code) {
  const auto begun = co_await begin(here);
  if (begun) {
    co_await here.life.until_stop();
    // Drain: no new fires; those at work may finish until the deadline.
    co_await finish_drain(here);
  } else {
    here.log->error("cannot start: " + begun.error().describe(), {{"code", begun.error().code.name}});
    code = exit_code::of_start(begun.error());
  }

  // Close: everything is put down in an order in which nothing is lost.
  here.manager.status("stopping");
  co_await close(here);
  if (begun) here.log->notice("stopped");
}

}  // namespace

int run_daemon(const std::string& config_path, const config::environment& env) {
  process::close_up();

  // Load: every complaint about the files together, or settings that are good.
  auto files = config::load(config_path, env);
  if (!files.value) {
    std::cerr << config::report_text(files, config_path, false);
    return exit_code::configuration;
  }

  instance here(config_path, std::move(files), env);
  int code = exit_code::done;
  asio::co_spawn(here.loop, live(here, code), rethrow);
  here.loop.run();
  return code;
}

}  // namespace triggerd
