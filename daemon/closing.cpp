#include "closing.hpp"

#include "base/limits.hpp"
#include "instance.hpp"

namespace triggerd {

namespace {

// Fires that stop where they stand still wait for what is on the wire. For how long is bounded; what is broken off is
// looked into at the next start.
task<> close_targets(instance& here, cancellation& engine_closed) {
  const auto grace =
      here.life.in_a_hurry() ? std::chrono::nanoseconds(0) : std::chrono::nanoseconds(limits::exchange_grace);
  co_await sleep_for(here.timers, here.clock, grace, engine_closed);
  co_await here.targets->close();
}

task<> close_engine(instance& here) {
  cancellation engine_closed;
  task_group targets(here.loop.get_executor());
  targets.spawn(close_targets(here, engine_closed));
  if (here.engine) co_await here.engine->close();
  engine_closed.request();
  co_await targets.join();
}

}  // namespace

task<> close(instance& here) {
  here.ending.request();
  if (here.targets) co_await close_engine(here);
  co_await here.children.join();
  if (here.keys) co_await here.keys->close();
  if (here.guard) co_await here.guard->close();
  if (here.pruning) co_await here.pruning->close();
  if (here.clock_setting) here.clock_setting->close();
  here.listening.reset();
  if (here.curl) here.curl->close();
  if (here.ledger) co_await here.ledger->close();
  if (here.web) co_await here.web->close();
  if (here.door) co_await here.door->close();  // now callers know what became of what they asked for
  if (here.bells) here.bells->close();
  here.timers.close();
}

}  // namespace triggerd
