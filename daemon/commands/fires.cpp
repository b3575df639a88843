// Fires, Fire: what was done, from memory and the ledger.
#include "base/limits.hpp"
#include "commands/command.hpp"
#include "commands/refusals.hpp"
#include "instance.hpp"

#include <algorithm>
#include <array>

namespace triggerd::commands {

namespace {

using store::fire_state;

bool is_state(const std::string& word) {
  static constexpr std::array all{fire_state::running, fire_state::queued,    fire_state::done,   fire_state::failed,
                                  fire_state::unknown, fire_state::cancelled, fire_state::skipped};
  return std::any_of(all.begin(), all.end(), [&word](fire_state s) { return store::name(s) == word; });
}

task<> run_fires(instance& here, control::call& asked) {
  const json& p = asked.parameters();
  store::fire_filter which;
  which.job = text_of(p, "job");
  which.target = text_of(p, "target");
  which.state = text_of(p, "state");
  which.before = text_of(p, "before");
  const auto limit = limit_of(p, 50, limits::listed);
  const bool bad_state = !which.state.empty() && !is_state(which.state);
  if (!limit || bad_state) {
    std::string name = limit ? "state" : "limit";
    co_await refuse_parameter(asked, std::move(name));
    co_return;
  }
  which.most = *limit + 1;  // one more than shown tells whether there is a next page
  auto found = co_await here.engine->fires(std::move(which));
  if (!found) {
    error why = found.error();
    subject none;
    co_await refuse(here, asked, std::move(why), std::move(none));
    co_return;
  }
  json out = new_reply();
  out["fires"] = json::array();
  const bool more = found->size() > *limit;
  if (more) found->pop_back();
  for (const job::fire_view& one : *found) out["fires"].push_back(show(one));
  if (more) out["next_before"] = found->back().row.id;
  co_await asked.reply(std::move(out));
}

// How many actions a leg has. Their numbers count up from 0 without a gap, so a few looks for single ones tell.
task<result<std::uint64_t>> count_actions(store::ledger& in, const std::string& fire, const std::string& target) {
  std::uint64_t none_at = 1;  // doubled until no action has this number
  std::uint64_t below = 0;    // one has every number below this
  for (bool growing = true; growing || below < none_at;) {
    const std::uint64_t look = growing ? none_at - 1 : below + (none_at - below) / 2;
    std::string of_fire = fire;
    std::string of_target = target;
    const auto found = co_await in.actions(std::move(of_fire), std::move(of_target), look, 1, false);
    if (!found) co_return found.error();
    if (found->empty()) {
      growing = false;
      none_at = look;
    } else {
      below = look + 1;
      if (growing) none_at *= 2;
    }
  }
  co_return below;
}

struct page {
  std::vector<store::action_row> actions;
  bool more = false;
};

// Actions of the legs one after the other, `skip` left out, and whether there are more than `most`.
task<result<page>> read_page(store::ledger& in, std::string fire, std::vector<std::string> targets, std::uint64_t skip,
                             std::size_t most) {
  page out;
  for (const std::string& target : targets) {
    for (std::uint64_t from = skip;;) {
      std::string of_fire = fire;
      std::string of_target = target;
      const std::size_t room = most + 1 - out.actions.size();
      auto rows = co_await in.actions(std::move(of_fire), std::move(of_target), from, room, false);
      if (!rows) co_return rows.error();
      for (auto& row : *rows) {
        from = row.number + 1;
        out.actions.push_back(std::move(row));
      }
      if (out.actions.size() > most) {
        out.actions.pop_back();
        out.more = true;
        co_return out;
      }
      if (rows->size() < room) break;
    }
    if (skip == 0 || !out.actions.empty()) {
      skip = 0;
      continue;
    }
    const auto count = co_await count_actions(in, fire, target);
    if (!count) co_return count.error();
    skip -= std::min(skip, *count);
  }
  co_return out;
}

std::vector<std::string> legs_of(const job::fire_view& fire, const std::string& only) {
  std::vector<std::string> out;
  for (const auto& leg : fire.legs)
    if (only.empty() || leg.row.target == only) out.push_back(leg.row.target);
  return out;
}

task<> run_fire(instance& here, control::call& asked) {
  const json& p = asked.parameters();
  subject of;
  of.fire = text_of(p, "id");
  const std::string only = text_of(p, "target");
  const std::int64_t from = number_of(p, "from").value_or(0);
  const auto limit = limit_of(p, 100, limits::actions_listed);
  if (!limit || from < 0) {
    std::string name = limit ? "from" : "limit";
    co_await refuse_parameter(asked, std::move(name));
    co_return;
  }
  std::string id = of.fire;
  const auto found = co_await here.engine->find_fire(std::move(id));
  if (!found) {
    error why = found.error();
    co_await refuse(here, asked, std::move(why), std::move(of));
    co_return;
  }
  std::vector<std::string> targets = legs_of(*found, only);
  if (targets.empty() && !only.empty()) {
    std::string name = only;
    co_await refuse_target(here, asked, std::move(name));
    co_return;
  }
  std::string whose = found->row.id;
  const auto skip = static_cast<std::uint64_t>(from);
  const auto actions = co_await read_page(*here.ledger, std::move(whose), std::move(targets), skip, *limit);
  if (!actions) {
    error why = actions.error();
    co_await refuse(here, asked, std::move(why), std::move(of));
    co_return;
  }
  json out = new_reply();
  out["fire"] = show(*found);
  out["actions"] = json::array();
  for (const auto& one : actions->actions) out["actions"].push_back(show(one));
  if (actions->more) out["next_from"] = skip + actions->actions.size();
  co_await asked.reply(std::move(out));
}

}  // namespace

const command fires{"Fires", control::role::read, false, run_fires};
const command fire{"Fire", control::role::read, false, run_fire};

}  // namespace triggerd::commands
