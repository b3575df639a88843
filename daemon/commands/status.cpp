// Status, Targets, Jobs, Next, Metrics: how things stand.
#include "base/limits.hpp"
#include "base/text.hpp"
#include "commands/command.hpp"
#include "commands/refusals.hpp"
#include "instance.hpp"
#include "job/codes.hpp"
#include "memory.hpp"
#include "version.hpp"

#include <unistd.h>

namespace triggerd::commands {

namespace {

json count_targets(const instance& here) {
  json out = json::object();
  for (const auto state : {target::target_state::ok, target::target_state::parked, target::target_state::unproved,
                           target::target_state::paused, target::target_state::disabled})
    out[std::string(target::name(state))] = 0;
  for (const auto& one : here.targets->all()) {
    auto& count = out[std::string(target::name(one->health().state))];
    count = count.get<int>() + 1;
  }
  return out;
}

json describe(const instance& here, const std::vector<trouble>& wrong, std::size_t unknown) {
  json out = new_reply();
  out["version"] = version;
  out["pid"] = ::getpid();
  out["started"] = text::iso(here.started);
  out["now"] = text::iso(here.clock.now());
  const bool ends = here.life.stopping() && here.engine->running() == 0;
  out["state"] = job::name(ends ? job::engine_state::stopping : here.engine->state());
  out["trouble"] = json::array();
  for (const trouble& one : wrong) out["trouble"].push_back(show(one));
  out["targets"] = count_targets(here);
  out["fires"] = {{"running", here.engine->running()}, {"queued", here.engine->queued()}, {"unknown", unknown}};
  const auto coming = here.engine->upcoming("", 1);
  if (!coming.empty()) out["next"] = show(coming.front());
  if (here.reloads.last()) out["reload"] = show_last_reload(*here.reloads.last());
  out["ledger"] = show(here.ledger->health());
  out["memory_bytes"] = memory::resident_bytes();
  return out;
}

task<> run_status(instance& here, control::call& asked) {
  store::fire_filter which;
  which.state = store::name(store::fire_state::unknown);
  which.most = limits::listed;
  const auto unknown = co_await here.ledger->fires(std::move(which));
  const auto wrong = co_await troubles_of(here);
  if (!unknown || !wrong) {
    subject none;
    error why = unknown ? wrong.error() : unknown.error();
    co_await refuse(here, asked, std::move(why), std::move(none));
    co_return;
  }
  json out = describe(here, *wrong, unknown->size());
  co_await asked.reply(std::move(out));
}

task<> run_targets(instance& here, control::call& asked) {
  subject of;
  of.selector = text_of(asked.parameters(), "on");
  auto which = spec::selector::parse(of.selector.empty() ? std::string_view("*") : std::string_view(of.selector));
  if (!which) {
    error why = which.error();
    co_await refuse(here, asked, std::move(why), std::move(of));
    co_return;
  }
  json out = new_reply();
  out["targets"] = json::array();
  for (const auto& one : here.targets->select(*which)) out["targets"].push_back(show(*one));
  const bool one_name = of.selector.find_first_of("*?= !,") == std::string::npos && !of.selector.empty();
  if (out["targets"].empty() && one_name) {
    std::string name = of.selector;
    co_await refuse_target(here, asked, std::move(name));
    co_return;
  }
  co_await asked.reply(std::move(out));
}

json show_last(const store::fire_row& fire) {
  json out = json::object();
  out["fire"] = fire.id;
  out["state"] = store::name(fire.state);
  put(out, "ended", fire.ended);
  return out;
}

task<> run_jobs(instance& here, control::call& asked) {
  json out = new_reply();
  out["jobs"] = json::array();
  // As JSON at once: a reload while the ledger is read would take the views' jobs away.
  for (const job::job_view& one : here.engine->jobs()) out["jobs"].push_back(show(one));
  for (json& one : out["jobs"]) {
    store::fire_filter which;
    which.job = one["name"].get<std::string>();
    which.most = 1;
    const auto last = co_await here.ledger->fires(std::move(which));
    if (last && !last->empty()) one["last"] = show_last(last->front());
  }
  co_await asked.reply(std::move(out));
}

task<> run_next(instance& here, control::call& asked) {
  subject of;
  of.job = text_of(asked.parameters(), "job");
  const auto limit = limit_of(asked.parameters(), 20, limits::listed);
  if (!limit) {
    co_await refuse_parameter(asked, "limit");
    co_return;
  }
  if (!of.job.empty() && !here.engine->find_job(of.job)) {
    error why = fail(job::codes::unknown_job, "");
    co_await refuse(here, asked, std::move(why), std::move(of));
    co_return;
  }
  json out = new_reply();
  out["fires"] = json::array();
  for (const auto& one : here.engine->upcoming(of.job, *limit)) out["fires"].push_back(show(one));
  co_await asked.reply(std::move(out));
}

task<> run_metrics(instance& here, control::call& asked) {
  json out = new_reply();
  out["text"] = here.counts.render(standing_of(here));
  return asked.reply(std::move(out));
}

}  // namespace

const command status{"Status", control::role::read, false, run_status};
const command targets{"Targets", control::role::read, false, run_targets};
const command jobs{"Jobs", control::role::read, false, run_jobs};
const command next{"Next", control::role::read, false, run_next};
const command metrics{"Metrics", control::role::read, false, run_metrics};

}  // namespace triggerd::commands
