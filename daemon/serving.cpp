#include "serving.hpp"

#include "commands/command.hpp"
#include "commands/interface.hpp"
#include "instance.hpp"
#include "memory.hpp"
#include "past_ends.hpp"
#include "roles.hpp"
#include "version.hpp"
#include "web.hpp"

namespace triggerd {

namespace {

void write_audit(operator_log& to, const control::audit_entry& what) {
  const std::string uid = std::to_string(what.who.uid);
  const std::string pid = std::to_string(what.who.pid);
  const std::string about = what.about.empty() ? std::string() : " (" + what.about + ')';
  to.audit("audit: " + what.verb + about + " by " + control::describe(what.who) + ": " + what.outcome,
           {{"verb", what.verb}, {"uid", uid}, {"pid", pid}, {"arguments", what.digest}, {"outcome", what.outcome}});
}

result<> open_door(instance& here) {
  control::server_options how{.speaks = commands::control_interface(), .verbs = commands::verbs_of(here)};
  how.rules = rules_of(here.settings.daemon.allow, *here.log);
  how.about = {"triggerd", "triggerd", version, ""};
  how.audit = [&here](const control::audit_entry& what) { write_audit(*here.log, what); };
  here.door =
      std::make_unique<control::server>(here.loop.get_executor(), here.timers, here.clock, *here.log, std::move(how));
  return here.door->listen(control_path(here.settings.daemon));
}

result<> open_web(instance& here) {
  const std::string& address = here.settings.daemon.http_listen;
  if (address.empty()) return {};
  here.web =
      std::make_unique<http::listener>(here.loop.get_executor(), here.timers, here.clock, *here.log, web_answers(here));
  if (const auto bound = here.web->listen(address); !bound) return bound.error();
  here.log->notice("metrics on http://" + here.web->address() + "/metrics");
  return {};
}

// As long as schedules are held, and when they go on: the passing of time is no event.
task<> tell_clock(instance& here) {
  while (!here.life.draining()) {
    here.manager.status(status_sentence(here));
    const auto until = here.engine->clock_held_until();
    if (!until || here.ending.requested()) co_return;
    const milliseconds left = *until - here.clock.now();
    co_await sleep_for(here.timers, here.clock, left, here.ending);
  }
}

void clock_was_set(instance& here) {
  here.engine->clock_changed();
  here.children.spawn(tell_clock(here));
}

task<> ask_writer(instance& here) {
  std::string anything = "watchdog";
  co_await here.ledger->get(std::move(anything));  // any answer will do: its thread lives
}

void start_watchdog(instance& here) {
  const auto interval = systemd_watchdog();
  if (!interval || !here.settings.daemon.watchdog) return;
  here.guard = std::make_unique<watchdog>(
      here.loop.get_executor(), here.timers, here.clock, *interval, [&here] { return ask_writer(here); },
      [&here] { here.manager.alive(); });
}

}  // namespace

result<> serve(instance& here) {
  if (const auto opened = open_door(here); !opened) return opened.error();
  if (const auto opened = open_web(here); !opened) return opened.error();
  here.clock_setting = std::make_unique<clock_watch>(here.loop, *here.log, [&here] { clock_was_set(here); });
  start_watchdog(here);
  here.pruning->start();
  if (here.life.stopping()) return {};  // asked to end while it began
  here.engine->open();
  here.children.spawn(here.targets->prove_at_startup(here.ending));
  here.children.spawn(recall_ends(here));
  here.children.spawn(count_unknown(here));
  memory::give_back();
  const std::string status = status_sentence(here);
  here.manager.ready(status);
  if (here.engine->clock_held_until()) here.children.spawn(tell_clock(here));
  here.log->notice("triggerd " + std::string(version) + " is " + status + "; socket " +
                   control_path(here.settings.daemon));
  return {};
}

}  // namespace triggerd
