// Reload, Drain, Stop, LogLevel: the daemon as a process. HUP and TERM are aliases of the first and the third.
#include "base/limits.hpp"
#include "base/text.hpp"
#include "commands/command.hpp"
#include "commands/refusals.hpp"
#include "drain.hpp"
#include "instance.hpp"

namespace triggerd::commands {

namespace {

json verdict_reply(const reload_report& what) {
  json out = new_reply();
  out["verdict"] = triggerd::name(what.is);
  out["complaints"] = json::array();
  for (const auto& one : what.complaints) out["complaints"].push_back(show(one));
  out["fields"] = what.fields;
  out["changes"] = what.changes;
  put(out, "hash", what.hash);
  return out;
}

task<> run_reload(instance& here, control::call& asked) {
  std::string by = "uid " + std::to_string(asked.who().uid);
  const reload_report report = co_await here.reloads.run(std::move(by));
  json out = verdict_reply(report);
  co_await asked.reply(std::move(out));
}

json drain_reply(const instance& here) {
  json out = new_reply();
  out["state"] = job::name(here.engine->state());
  out["running"] = here.engine->running();
  put(out, "deadline", here.life.deadline());
  return out;
}

task<> run_drain(instance& here, control::call& asked) {
  begin_drain(here);
  while (asked.more() && here.engine->running() > 0 && here.life.left() > milliseconds(0)) {
    json out = drain_reply(here);
    co_await asked.stream(std::move(out));
    const auto nap = std::min<milliseconds>(here.life.left(), limits::drain_report_gap);
    const bool slept = co_await sleep_for(here.timers, here.clock, nap, asked.gone());
    if (!slept) break;
  }
  json last = drain_reply(here);
  co_await asked.reply(std::move(last));
}

task<> run_stop(instance& here, control::call& asked) {
  begin_stop(here);
  json out = drain_reply(here);
  return asked.reply(std::move(out));
}

task<> run_log_level(instance& here, control::call& asked) {
  json out = new_reply();
  out["previous"] = triggerd::name(here.log->level());
  out["level"] = text_of(asked.parameters(), "level");
  if (const auto level = log_level_from(text_of(asked.parameters(), "level"))) here.log->set_level(*level);
  return asked.reply(std::move(out));
}

}  // namespace

const command reload{"Reload", control::role::admin, true, run_reload};
const command drain{"Drain", control::role::admin, true, run_drain};
const command stop{"Stop", control::role::admin, true, run_stop};
const command log_level{"LogLevel", control::role::admin, true, run_log_level};

}  // namespace triggerd::commands
