// Run: fires a job now, and shows how it gets on to those who want to see it.
#include "base/limits.hpp"
#include "commands/command.hpp"
#include "commands/refusals.hpp"
#include "instance.hpp"

namespace triggerd::commands {

namespace {

job::run_request request_of(const control::call& asked) {
  const json& p = asked.parameters();
  job::run_request what;
  what.job = text_of(p, "job");
  what.on = selector_of(p, "on");
  what.vars = texts_of(p, "vars");
  what.by = "uid " + std::to_string(asked.who().uid);
  if (const auto adopt = p.find("adopt"); adopt != p.end() && adopt->is_array())
    for (const json& name : *adopt) what.adopt.push_back(name.get<std::string>());
  return what;
}

json of_fire(const std::string& fire) {
  json out = new_reply();
  out["fire"] = fire;
  return out;
}

// Until the fire has ended or the peer has gone: a reply each time something moved, a few per second; and now and then
// when nothing did: a plan grows without events, and who shows a rate must see it fall.
task<> follow(instance& here, control::call& asked, std::string id) {
  bool moved = true;
  const job::event_hub::subscription listening(here.events,
                                               [&](const job::event& what) { moved = moved || what.fire == id; });
  for (;;) {
    moved = false;
    std::string which = id;
    const auto now = co_await here.engine->find_fire(std::move(which));
    json progress = of_fire(id);
    if (now) progress["progress"] = show(*now);
    if (!now || now->row.ended || asked.gone().requested()) {
      co_await asked.reply(std::move(progress));
      co_return;
    }
    co_await asked.stream(std::move(progress));
    for (auto rest = limits::progress_rest; rest.count() > 0; rest = moved ? rest.zero() : rest - limits::progress_gap)
      co_await sleep_for(here.timers, here.clock, limits::progress_gap, asked.gone());
  }
}

task<> run_run(instance& here, control::call& asked) {
  job::run_request what = request_of(asked);
  subject of;
  of.job = what.job;
  of.selector = text_of(asked.parameters(), "on");
  of.vars = what.vars;
  auto fire = co_await here.engine->run(std::move(what));
  if (!fire) {
    error why = fire.error();
    co_await refuse(here, asked, std::move(why), std::move(of));
    co_return;
  }
  std::string id = std::move(*fire);
  if (asked.more()) {
    co_await follow(here, asked, std::move(id));
    co_return;
  }
  json out = of_fire(id);
  co_await asked.reply(std::move(out));
}

}  // namespace

const command run{"Run", control::role::operate, true, run_run};

}  // namespace triggerd::commands
