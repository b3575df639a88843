#include "sim/invariants.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "job/batch_memo.hpp"
#include "sim/scenario.hpp"
#include "spec/schedule.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace triggerd::sim {

namespace {

using sandbox::effect_kind;

// For a proof of identity, a trigger and the look for what waits for a version.
constexpr auto neighbourly = limits::pending_version_notice + milliseconds(2'500);

struct complaints {
  std::vector<std::string> all;
  void add(std::string what) { all.push_back(std::move(what)); }
};

bool run_failed(const std::string& status) {
  return status == "FAILED" || status == "CRASHED" || status == "SYSTEM_FAILURE" || status == "TIMED_OUT" ||
         status == "EXPIRED";
}

// Runs that were made, by what their tags say they are for, and how each ended.
struct runs {
  std::map<std::string, std::string> ended;                // run -> status
  std::map<std::string, std::vector<std::string>> by_tag;  // "PLACE tag" -> runs made by a trigger or an item
  explicit runs(const sandbox::effect_log& log) {
    for (const auto& e : log.all()) {
      if (e.kind == effect_kind::run_finished) ended[e.run] = e.status;
      if (e.kind == effect_kind::run_cancelled) ended[e.run] = "CANCELED";
      if (e.kind != effect_kind::run_created || !e.tags) continue;
      for (const auto& tag : *e.tags) by_tag[e.where->path + ' ' + tag].push_back(e.run);
    }
  }
  std::size_t not_failed(const std::vector<std::string>& of) const {
    std::size_t count = 0;
    for (const auto& run : of) {
      const auto status = ended.find(run);
      if (status == ended.end() || !run_failed(status->second)) ++count;
    }
    return count;
  }
};

void fires_have_ended(const evidence& seen, complaints& out) {
  using store::fire_state;
  for (const auto& fire : seen.fires)
    if (fire.state == fire_state::running || fire.state == fire_state::queued)
      out.add("fire " + fire.id + " of " + fire.job + " never ended");
  for (const auto& leg : seen.legs)
    if (leg.state == store::leg_state::pending || leg.state == store::leg_state::running)
      out.add("leg " + leg.fire + " on " + leg.target + " never ended");
}

// An action of a fire that has ended is classified: nothing of it is still to come.
void actions_are_settled(const evidence& seen, complaints& out) {
  using store::action_state;
  for (const auto& action : seen.actions)
    if (action.state == action_state::intended || action.state == action_state::waiting)
      out.add("action " + job::action_tag(action) + " is " + std::string(store::name(action.state)) +
              ", and nobody will settle it");
}

// A leg's count is that of its last attempt's actions, also over crashes.
void legs_count_their_actions(const evidence& seen, complaints& out) {
  std::map<std::tuple<std::string, std::string, int>, std::uint64_t> done;
  for (const auto& action : seen.actions)
    if (action.state == store::action_state::done) ++done[{action.fire, action.target, action.attempt}];
  for (const auto& leg : seen.legs) {
    const auto found = done.find({leg.fire, leg.target, leg.attempt});
    const std::uint64_t count = found == done.end() ? 0 : found->second;
    if (leg.done != count)
      out.add("leg " + leg.fire + " on " + leg.target + " counts " + std::to_string(leg.done) + " actions done of " +
              std::to_string(count));
  }
}

void promised_fires_exist(const evidence& seen, complaints& out) {
  std::set<std::string> known;
  for (const auto& fire : seen.fires) known.insert(fire.id);
  for (const auto& id : seen.promised)
    if (!known.contains(id)) out.add("fire " + id + " was promised and is lost");
}

void no_instant_is_lost(const evidence& seen, complaints& out) {
  std::set<std::pair<std::string, instant>> fired;
  for (const auto& fire : seen.fires)
    if (fire.cause != "manual") fired.emplace(fire.job, fire.due);
  for (const auto& time : seen.scheduled)
    for (const auto& job : settings().jobs) {
      if (job->name != time.job) continue;
      const auto when = spec::schedule::compile(job->schedule, job->name);
      for (auto due = when->next(time.from); due && *due < time.until; due = when->next(*due))
        if (!fired.contains({job->name, *due})) out.add("job " + job->name + " lost an instant: " + text::iso(*due));
    }
}

// What goes to one environment in trouble holds up nobody else.
void neighbours_are_unhurt(const evidence& seen, complaints& out) {
  if (!seen.one_environment_in_trouble) return;
  for (const auto& leg : seen.legs) {
    if (leg.target != "shop-staging" && leg.target != "shop-demo") continue;
    const auto fire =
        std::find_if(seen.fires.begin(), seen.fires.end(), [&](const auto& f) { return f.id == leg.fire; });
    if (fire->job != "report" || leg.state == store::leg_state::skipped) continue;
    if (leg.state != store::leg_state::done) {
      out.add("leg " + leg.fire + " on " + leg.target + " did not end well beside a bad neighbour: " + leg.note);
    } else if (*leg.ended - *leg.started > neighbourly) {
      out.add("leg " + leg.fire + " on " + leg.target + " took " + std::to_string((*leg.ended - *leg.started).count()) +
              " ms beside a bad neighbour");
    }
  }
}

void one_fire_per_instant(const evidence& seen, complaints& out) {
  std::set<std::pair<std::string, instant>> known;
  for (const auto& fire : seen.fires)
    if (fire.cause == "schedule" || fire.cause == "catch-up")
      if (!known.emplace(fire.job, fire.due).second) out.add("job " + fire.job + " fired twice for one instant");
}

// By our own tag, which no mistake with keys could hide.
void triggers_happen_once(const evidence& seen, const runs& made, complaints& out) {
  std::map<std::string, std::size_t> by_action;
  for (const auto& [place_and_tag, list] : made.by_tag) {
    const auto tag = place_and_tag.substr(place_and_tag.find(' ') + 1);
    if (!tag.starts_with("td:")) continue;
    by_action[tag] += list.size();
    if (made.not_failed(list) > 1) out.add("more than one run that has not failed for " + tag);
  }
  for (const auto& action : seen.actions) {
    if (action.kind != "trigger") continue;
    const std::string tag = job::action_tag(action);
    const bool happened = by_action.contains(tag);
    if (action.state == store::action_state::done && !happened && action.run.empty())
      out.add("action " + tag + " is done and has no run");
    if (action.state == store::action_state::cancelled && happened)
      out.add("action " + tag + " is cancelled as never sent and has a run");
    if (action.state == store::action_state::failed && action.run.empty() && happened)
      out.add("action " + tag + " failed as never done and has a run");
  }
}

// Every item of a batch, told by its own tags: one run that has not failed at most.
void items_happen_once(const runs& made, complaints& out) {
  for (const auto& [place_and_tag, list] : made.by_tag) {
    const auto tag = place_and_tag.substr(place_and_tag.find(' ') + 1);
    if (!tag.starts_with("once:")) continue;
    if (made.not_failed(list) > 1) out.add("more than one run that has not failed for " + place_and_tag);
  }
}

void done_chunks_have_their_items(const evidence& seen, complaints& out) {
  std::map<std::string, std::size_t> accepted;
  std::set<std::string> sealed;
  for (const auto& e : seen.effects.all()) {
    if (e.kind == effect_kind::batch_items) accepted[e.batch] += e.count;
    if (e.kind == effect_kind::batch_sealed) sealed.insert(e.batch);
  }
  for (const auto& action : seen.actions) {
    if (action.kind != "chunk") continue;
    const bool called_sealed = job::batch_memo::read(action.memo).sealed.has_value();
    if (called_sealed && !sealed.contains(action.run)) out.add("batch " + action.run + " counts as sealed and is not");
    if (!called_sealed && action.state == store::action_state::failed && sealed.contains(action.run))
      out.add("batch " + action.run + " failed as not sealed and is");
    if (action.state != store::action_state::done) continue;
    if (accepted[action.run] != action.items)
      out.add("chunk " + action.fire + "/" + std::to_string(action.number) + " is done with " +
              std::to_string(accepted[action.run]) + " of " + std::to_string(action.items) + " items in " + action.run);
  }
}

// The ledger says that it never happened.
bool is_denied(const store::action_row& action) {
  using store::action_state;
  return action.state == action_state::cancelled || (action.state == action_state::failed && action.run.empty());
}

// A replay is never sent twice: per original run at most one new one.
void replays_happen_once(const evidence& seen, complaints& out) {
  std::map<std::string, std::size_t> of;
  for (const auto& e : seen.effects.all())
    if (e.kind == effect_kind::replay_created) ++of[e.original];
  for (const auto& [original, count] : of)
    if (count > 1) out.add("run " + original + " was replayed " + std::to_string(count) + " times");
  // A later fire may replay what an earlier one could not.
  std::map<std::string, std::size_t> may_have;
  for (const auto& action : seen.actions)
    if (action.kind == "replay" && !is_denied(action)) ++may_have[action.subject];
  for (const auto& action : seen.actions)
    if (action.kind == "replay" && of[action.subject] > may_have[action.subject])
      out.add("the replay of " + action.subject + " counts as never done and was made");
}

void foreign_variables_stay(const evidence& seen, complaints& out) {
  std::set<std::pair<std::string, std::string>> ours;
  for (const auto& e : seen.effects.all()) {
    if (e.kind == effect_kind::variable_set) ours.emplace(e.where->path, e.name);
    if (e.kind == effect_kind::variable_deleted && !ours.contains({e.where->path, e.name}))
      out.add("variable " + e.name + " of " + e.where->path + " was deleted and never ours");
    if (e.kind == effect_kind::variable_set && e.name == "FOREIGN") out.add("a foreign variable was overwritten");
  }
}

void done_imports_are_there(const evidence& seen, complaints& out) {
  std::set<std::pair<std::string, std::string>> set;
  for (const auto& e : seen.effects.all())
    if (e.kind == effect_kind::variable_set) set.emplace(e.where->path, e.name);
  for (const auto& action : seen.actions) {
    if (action.kind != "import" || action.state != store::action_state::done) continue;
    const auto memo = nlohmann::json::parse(action.memo, nullptr, false);
    for (const auto& target : settings().targets) {
      if (target->name != action.target) continue;
      for (const auto& [name, digest] : memo.at("names").items())
        if (!set.contains({path_of(*target), name}))
          out.add("variable " + name + " of " + target->name + " was never set");
    }
  }
}

void nothing_secret_is_written(const evidence& seen, complaints& out) {
  for (const auto& [name, value] : secrets())
    if (seen.everything_written.find(value) != std::string::npos) out.add("the value of " + name + " was written down");
  for (const auto& [name, value] : keys())
    if (seen.everything_written.find(value) != std::string::npos) out.add("the key of " + name + " was written down");
}

}  // namespace

repetitions repeated_after_failure(const evidence& seen) {
  repetitions out;
  std::map<std::string, std::size_t> made;
  for (const auto& [place_and_tag, list] : runs(seen.effects).by_tag)
    made[place_and_tag.substr(place_and_tag.find(' ') + 1)] += list.size();
  for (const auto& action : seen.actions) {
    if (action.kind != "trigger" || action.state == store::action_state::unknown) continue;
    if (made[job::action_tag(action)] < 2) continue;
    ++out.all;
    if (action.note.find("repeated-after-failure") != std::string::npos) ++out.told;
  }
  return out;
}

std::vector<std::string> broken_invariants(const evidence& seen) {
  complaints out;
  const runs made(seen.effects);
  fires_have_ended(seen, out);
  actions_are_settled(seen, out);
  legs_count_their_actions(seen, out);
  promised_fires_exist(seen, out);
  no_instant_is_lost(seen, out);
  neighbours_are_unhurt(seen, out);
  one_fire_per_instant(seen, out);
  triggers_happen_once(seen, made, out);
  items_happen_once(made, out);
  done_chunks_have_their_items(seen, out);
  replays_happen_once(seen, out);
  foreign_variables_stay(seen, out);
  done_imports_are_there(seen, out);
  nothing_secret_is_written(seen, out);
  return out.all;
}

}  // namespace triggerd::sim
