#include "job/replay_history.hpp"

#include "base/limits.hpp"
#include "job/codes.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::job {

namespace {

bool stands(const store::action_row& action) {
  using store::action_state;
  if (action.state == action_state::cancelled) return false;
  return action.state != action_state::failed || !action.run.empty();
}

}  // namespace

std::string replayed_space(const leg_view& leg) { return "replayed:" + leg.job.name + ":" + leg.target.name; }

store::memory_row replayed_row(const leg_view& leg, std::string run, std::string key) {
  store::memory_row row;
  row.space = replayed_space(leg);
  row.name = std::move(run);
  row.value = std::move(key);
  row.owner = leg.job.name;
  row.fire = leg.fire.id;
  return row;
}

task<result<>> replay_history::read_own_leg() {
  if (leg_.first_number == 0) co_return result<>();
  for (std::uint64_t from = 0;;) {
    std::string fire = leg_.fire.id;
    std::string target = leg_.target.name;
    auto page = co_await remembered_.actions(std::move(fire), std::move(target), from, limits::actions_in_memory);
    if (!page) co_return page.error();
    for (const store::action_row& action : *page) {
      from = action.number + 1;
      if (!stands(action)) continue;
      if (action.kind == "replay") {
        own_.insert(action.subject);
        continue;
      }
      const auto ids = nlohmann::json::parse(action.body, nullptr, false);
      if (!ids.is_array())
        co_return fail(codes::unknown_effect,
                       "action " + std::to_string(action.number) +
                           " of an earlier attempt does not say any more which runs it replayed; "
                           "start a new fire with narrower bounds instead");
      for (const auto& id : ids)
        if (id.is_string()) own_.insert(id.get<std::string>());
    }
    if (page->size() < limits::actions_in_memory) co_return result<>();
  }
}

task<result<std::vector<std::string>>> replay_history::claimed(std::vector<std::string> runs) {
  std::string space = replayed_space(leg_);
  auto rows = co_await remembered_.recall(std::move(space), std::move(runs));
  if (!rows) co_return rows.error();
  std::vector<std::string> out;
  for (const store::memory_row& row : *rows) {
    if (!fires_.contains(row.fire)) {
      std::string fire = row.fire;
      const result<> read = co_await read_fire(std::move(fire));
      if (!read) co_return read.error();
    }
    const claims& known = fires_.find(row.fire)->second;
    const auto claim = known.find(row.value.empty() ? row.name : row.value);
    // A fire that the history has dropped is past doubt.
    if (claim == known.end() || claim->second) out.push_back(row.name);
  }
  co_return out;
}

task<result<>> replay_history::read_fire(std::string fire) {
  claims& into = fires_[fire];
  for (std::uint64_t from = 0;;) {
    std::string id = fire;
    std::string target = leg_.target.name;
    auto page = co_await remembered_.actions(std::move(id), std::move(target), from, limits::actions_in_memory);
    if (!page) co_return page.error();
    for (const store::action_row& action : *page) {
      from = action.number + 1;
      into[action.key.empty() ? action.subject : action.key] = stands(action);  // the last attempt's word counts
    }
    if (page->size() < limits::actions_in_memory) co_return result<>();
  }
}

}  // namespace triggerd::job
