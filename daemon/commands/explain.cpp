// Explain: from the id of a fire, run, batch or bulk action back to the job, its file and its source.
#include "api/codes.hpp"
#include "api/runs.hpp"
#include "base/limits.hpp"
#include "commands/command.hpp"
#include "commands/operator_calls.hpp"
#include "commands/origin.hpp"
#include "instance.hpp"
#include "job/kind.hpp"

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

// A target's name stands in a tag as a digest, so it is one of the fire's legs that fits.
task<result<std::optional<store::action_row>>> action_of_tag(instance& here, std::string tag) {
  std::optional<store::action_row> none;
  const auto place = place_in_tag(tag);
  if (!place) co_return none;
  std::string fire = place->fire;
  const auto legs = co_await here.ledger->legs(std::move(fire));
  if (!legs) co_return legs.error();
  for (const store::leg_row& leg : *legs) {
    store::action_row wanted;
    wanted.fire = leg.fire;
    wanted.target = leg.target;
    wanted.number = place->number;
    if (job::action_tag(wanted) != tag) continue;
    auto found =
        co_await here.ledger->actions(std::move(wanted.fire), std::move(wanted.target), place->number, 1, false);
    if (!found) co_return found.error();
    if (!found->empty() && found->front().number == place->number) co_return std::move(found->front());
  }
  co_return none;
}

// What a run at the server says of itself leads to the action: its batch, or the tag of ours. Replays inherit tags.
task<result<>> follow(instance& here, api::run_view run, std::string target, explained& out) {
  if (!run.batch.empty()) {
    std::string batch = run.batch;
    auto action = co_await here.ledger->action_behind(std::move(batch));
    if (!action) co_return action.error();
    out.action = std::move(*action);
    if (out.action) out.notes.push_back("found on " + target + " as an item of " + run.batch);
  }
  for (std::size_t i = 0; i < run.tags.size() && !out.action; ++i) {
    std::string tag = run.tags[i];
    auto action = co_await action_of_tag(here, std::move(tag));
    if (!action) co_return action.error();
    out.action = std::move(*action);
    if (out.action) out.notes.push_back("found on " + target + " by its tag; a replay of our run has it too");
  }
  if (out.action) out.fire = out.action->fire;
  else out.notes.push_back(target + " has this run, and nothing of this ledger is on it: somebody else made it");
  co_return result<>();
}

task<result<>> look_at_servers(instance& here, control::call& asked, std::string id,
                               std::vector<std::shared_ptr<target::target>> places, explained& out) {
  for (const auto& place : places) {
    const std::string name = place->spec().name;
    std::string lane = "uid " + std::to_string(asked.who().uid);
    auto by = co_await place->open_for_reading(std::move(lane), asked.gone());
    if (!by) {
      out.notes.push_back(name + " could not be asked: " + here.log->clean(by.error().message));
      continue;
    }
    auto question = api::retrieve_run(id);
    const auto run = co_await by->send(std::move(question));
    if (run) {
      api::run_view found = *run;
      std::string where = name;
      co_return co_await follow(here, std::move(found), std::move(where), out);
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
  std::string fire = id;  // first: a search for actions goes through all of them
  const auto found = co_await here.engine->find_fire(std::move(fire));
  if (found) {
    out.fire = found->row.id;
    co_return out;
  }
  std::string run = id;
  auto action = co_await here.ledger->action_behind(std::move(run));
  if (!action) co_return action.error();
  if (*action) {
    out.fire = (*action)->fire;
    out.action = std::move(**action);
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
