// Plan: what a run would do, computed without doing it.
#include "commands/command.hpp"
#include "commands/refusals.hpp"
#include "instance.hpp"

namespace triggerd::commands {

namespace {

task<> run_plan(instance& here, control::call& asked) {
  const json& p = asked.parameters();
  subject of;
  of.job = text_of(p, "job");
  of.selector = text_of(p, "on");
  of.vars = texts_of(p, "vars");
  job::run_request what;
  what.job = of.job;
  what.on = selector_of(p, "on");
  what.vars = of.vars;
  what.by = control::describe(asked.who());
  const auto legs = co_await here.engine->plan(std::move(what));
  if (!legs) {
    error why = legs.error();
    co_await refuse(here, asked, std::move(why), std::move(of));
    co_return;
  }
  json out = new_reply();
  out["job"] = of.job;
  std::uint64_t changes = 0;
  out["legs"] = json::array();
  for (const auto& leg : *legs) {
    if (!leg.trouble) changes += leg.changes;
    out["legs"].push_back(show(leg));
  }
  out["changes"] = changes;
  co_await asked.reply(std::move(out));
}

}  // namespace

const command plan{"Plan", control::role::read, false, run_plan};

}  // namespace triggerd::commands
