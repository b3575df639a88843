// Explain: from the id of a fire, run, batch or bulk action back to the job, its file and its source.
#include "api/codes.hpp"
#include "api/runs.hpp"
#include "base/limits.hpp"
#include "commands/command.hpp"
#include "commands/operator_calls.hpp"
#include "commands/origin.hpp"
#include "instance.hpp"

#include <set>

namespace triggerd::commands {

namespace {

struct explained {
  std::optional<store::action_row> action;
  std::string fire;  // its id; empty: nothing of ours is known
  std::vector<std::string> notes;
};

std::vector<std::shared_ptr<target::target>> places_to_look(const instance& here) {
  std::vector<std::shared_ptr<target::target>> out;
  std::set<std::string> seen;
  for (const auto& one : here.targets->all()) {
    if (one->health().state != target::target_state::ok || out.size() == limits::places_looked_at) continue;
    if (seen.insert(one->identity()).second) out.push_back(one);
  }
  return out;
}

// What a run at the server says of itself leads to the action: its batch, or the tag of ours. Replays inherit tags.
task<result<bool>> follow(instance& here, const api::run_view& run, const std::string& target, explained& out) {
  if (!run.batch.empty()) {
    std::string batch = run.batch;
    auto action = co_await here.ledger->action_behind(std::move(batch));
    if (!action) co_return action.error();
    if (*action) {
      out.fire = (*action)->fire;
      out.notes.push_back("found on " + target + " as an item of " + run.batch);
      out.action = std::move(**action);
      co_return true;
    }
  }
  for (const std::string& tag : run.tags) {
    const auto place = place_in_tag(tag);
    if (!place) continue;
    std::string fire = place->fire;
    std::string of_target = target;
    auto actions = co_await here.ledger->actions(std::move(fire), std::move(of_target), place->number, 1, false);
    if (!actions) co_return actions.error();
    out.fire = place->fire;
    out.notes.push_back("found on " + target + " by its tag " + tag + "; a replay of our run has it too");
    if (!actions->empty()) out.action = std::move(actions->front());
    co_return true;
  }
  out.notes.push_back(target + " has this run, and nothing of ours is on it: somebody else made it");
  co_return true;
}

task<result<>> look_at_servers(instance& here, control::call& asked, std::string id,
                               std::vector<std::shared_ptr<target::target>> places, explained& out) {
  for (const auto& place : places) {
    const std::string name = place->spec().name;
    std::string lane = "uid " + std::to_string(asked.who().uid);
    auto by = co_await place->open_for_reading(std::move(lane), asked.gone());
    if (!by) {
      out.notes.push_back(name + " could not be asked: " + by.error().message);
      continue;
    }
    auto question = api::retrieve_run(id);
    const auto run = co_await by->send(std::move(question));
    if (run) {
      const auto followed = co_await follow(here, *run, name, out);
      if (!followed) co_return followed.error();
      co_return result<>();
    }
    const error& why = run.error().what;
    out.notes.push_back(why.code == api::codes::not_found ? name + " does not know it"
                                                          : name + ": " + here.log->clean(why.describe()));
  }
  co_return result<>();
}

task<result<explained>> find_origin(instance& here, control::call& asked, std::string id,
                                    std::vector<std::shared_ptr<target::target>> places) {
  explained out;
  std::string run = id;
  auto action = co_await here.ledger->action_behind(std::move(run));
  if (!action) co_return action.error();
  if (*action) {
    out.fire = (*action)->fire;
    out.action = std::move(**action);
    co_return out;
  }
  std::string fire = id;
  const auto found = co_await here.engine->find_fire(std::move(fire));
  if (found) {
    out.fire = found->row.id;
    co_return out;
  }
  if (!id.starts_with("run_")) {
    out.notes.push_back("the ledger has no fire, batch or bulk action of this id");
    co_return out;
  }
  out.notes.push_back("the ledger has no action that came to this run");
  const auto looked = co_await look_at_servers(here, asked, std::move(id), std::move(places), out);
  if (!looked) co_return looked.error();
  co_return out;
}

void put_job(json& out, const instance& here, const store::fire_row& fire) {
  for (const auto& view : here.engine->jobs())
    if (view.spec->name == fire.job) put(out, "origin", view.spec->origin);
  put(out, "source", source_in(fire.spec));
}

task<> run_explain(instance& here, control::call& asked) {
  std::string id = text_of(asked.parameters(), "what");
  std::vector<std::shared_ptr<target::target>> places = places_to_look(here);
  if (!text_of(asked.parameters(), "target").empty()) {
    auto only = co_await find_target(here, asked);
    if (!only) co_return;
    places = {std::move(only)};
  }
  auto found = co_await find_origin(here, asked, std::move(id), std::move(places));
  if (!found) {
    error why = found.error();
    subject none;
    co_await refuse(here, asked, std::move(why), std::move(none));
    co_return;
  }
  json out = new_reply();
  out["known"] = !found->fire.empty();
  out["notes"] = found->notes;
  if (found->action) out["action"] = show(*found->action);
  if (!found->fire.empty()) {
    std::string fire = found->fire;
    std::string whole = found->fire;
    const auto view = co_await here.engine->find_fire(std::move(fire));
    if (view) out["fire"] = show(*view);
    // At work or ended: the ledger alone has every fire's own copy of its job.
    const auto row = co_await here.ledger->fire(std::move(whole));
    if (row && *row) put_job(out, here, **row);
  }
  co_await asked.reply(std::move(out));
}

}  // namespace

const command explain{"Explain", control::role::read, false, run_explain};

}  // namespace triggerd::commands
