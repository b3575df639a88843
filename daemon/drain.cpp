#include "drain.hpp"

#include "base/limits.hpp"
#include "instance.hpp"

namespace triggerd {

namespace {

std::string sentence(const instance& here) {
  const std::size_t fires = here.engine->running();
  return "draining: " + std::to_string(fires) + (fires == 1 ? " fire left, " : " fires left, ") +
         std::to_string(std::chrono::ceil<seconds>(here.life.left()).count()) + " s";
}

// The unit's own timeout must not cut off what the files allow.
task<> report(instance& here, cancellation& over) {
  while (!over.requested()) {
    here.manager.status(sentence(here));
    here.manager.needs(here.life.left() + 2 * milliseconds(limits::exchange_grace));
    co_await sleep_for(here.timers, here.clock, limits::drain_report_gap, over);
  }
}

// The daemon stays: it says how far the drain is as long as a fire is at work.
task<> report_drain(instance& here) {
  while (here.engine->running() > 0 && !here.life.stopping()) {
    here.manager.status(sentence(here));
    co_await sleep_for(here.timers, here.clock, limits::drain_report_gap, here.ending);
  }
  if (!here.life.stopping()) here.manager.status("drained: no fire is at work, and none is begun until the next start");
}

}  // namespace

void begin_drain(instance& here) {
  if (here.life.draining()) return;
  here.life.drain(here.settings.daemon.drain_timeout);
  if (!here.engine) return;
  here.engine->begin_drain();
  here.log->notice("draining: no new fires; those at work have " +
                   std::to_string(here.settings.daemon.drain_timeout.count() / 1'000) + " s");
  here.events.publish({.kind = "state", .state = "draining", .text = "no new fires are started"});
  here.children.spawn(report_drain(here));
}

void begin_stop(instance& here) {
  const bool again = here.life.stopping();
  here.life.stop(here.settings.daemon.drain_timeout);
  if (here.engine) here.engine->begin_drain();
  here.log->notice(again ? "stopping now" : "stopping");
  if (again) return;
  here.events.publish(
      {.kind = "state", .state = "stopping", .text = "the daemon ends when its fires have, or their time is up"});
  here.manager.stopping(here.engine ? sentence(here) : "stopping");
}

task<> finish_drain(instance& here) {
  here.engine->begin_drain();
  cancellation over;
  task_group reporter(here.loop.get_executor());
  if (here.engine->running() > 0) reporter.spawn(report(here, over));
  co_await here.engine->wait_until_idle(here.life.time_is_up());
  over.request();
  co_await reporter.join();
  if (here.engine->running() > 0)
    here.log->warning(std::to_string(here.engine->running()) +
                      " fires did not end in time; the next start goes on with them");
}

}  // namespace triggerd
