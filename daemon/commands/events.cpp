// Events: the snapshot first, then every change. A reader that is too slow is told how much it missed.
#include "base/limits.hpp"
#include "commands/command.hpp"
#include "commands/refusals.hpp"
#include "instance.hpp"

#include <deque>

namespace triggerd::commands {

namespace {

json first_reply(const instance& here) {
  json out = new_reply();
  out["snapshot"] = json::array();
  for (const auto& fire : here.engine->at_work()) out["snapshot"].push_back(show(fire));
  out["events"] = json::array();
  for (const auto& event : here.events.recent()) out["events"].push_back(show(event));
  return out;
}

json next_reply(std::deque<job::event>& waiting) {
  json out = new_reply();
  out["events"] = json::array();
  for (const auto& event : waiting) out["events"].push_back(show(event));
  waiting.clear();
  return out;
}

task<> run_events(instance& here, control::call& asked) {
  json snapshot = first_reply(here);
  if (!asked.more()) {
    co_await asked.reply(std::move(snapshot));
    co_return;
  }
  std::deque<job::event> waiting;
  condition moved;
  const job::event_hub::subscription listening(here.events, [&waiting, &moved](const job::event& what) {
    waiting.push_back(what);
    if (waiting.size() > limits::recent_events) waiting.pop_front();  // a gap in the numbers shows it
    moved.notify_all();
  });
  co_await asked.stream(std::move(snapshot));
  while (!asked.gone().requested()) {
    if (waiting.empty()) co_await moved.wait(asked.gone());
    if (asked.gone().requested()) break;
    json some = next_reply(waiting);
    co_await asked.stream(std::move(some));
  }
  json last = next_reply(waiting);
  co_await asked.reply(std::move(last));
}

}  // namespace

const command events{"Events", control::role::read, false, run_events};

}  // namespace triggerd::commands
