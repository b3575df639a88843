#include "base/limits.hpp"
#include "job/kind.hpp"
#include "job/replay_group.hpp"
#include "job/replay_outcome.hpp"
#include "job/replay_planner.hpp"
#include "job/replay_single.hpp"

#include <algorithm>

namespace triggerd::job {

namespace {

const spec::replay_spec& how_of(const leg_view& leg) { return std::get<spec::replay_spec>(leg.job.what); }

bool is_single(const store::action_row& action) { return action.kind == "replay"; }

class replay_kind final : public kind {
 public:
  explicit replay_kind(const kind_world& world) : world_(world), started_(world.clock.now()) {}

  job::pace pace(const leg_view& leg) const override {
    const auto& how = how_of(leg);
    job::pace out;
    out.open_items = how.in_flight;
    out.items = how.pace;
    if (how.single) {
      out.concurrent = limits::single_replays;
      return out;
    }
    // The server runs three bulk replays of an environment at a time; one is left for people.
    out.open_actions = static_cast<std::uint32_t>(limits::bulk_groups_unfinished);
    out.shared = "bulk:" + leg.identity;
    return out;
  }

  task<result<std::unique_ptr<planner>>> plan(const leg_view& leg, std::string, target::access by, memory remembered,
                                              cancellation& cancel) override {
    std::unique_ptr<planner> made = std::make_unique<replay_planner>(world_, leg, std::move(by), remembered, cancel);
    co_return made;
  }

  task<effect> apply(const leg_view&, const store::action_row& action, action_body body, target::access by) override {
    if (is_single(action)) return apply_single(world_, action, std::move(by));
    return apply_group(world_, action, std::move(body), std::move(by));
  }

  task<effect> resolve(const leg_view&, const store::action_row& action, bool, target::access by, memory) override {
    if (!is_single(action)) return resolve_group(world_, action, started_, std::move(by));
    return resolved(resolve_single(action));
  }

  task<observed> observe(const leg_view& leg, std::span<const store::action_row> waiting, target::access by,
                         memory) override {
    const std::vector<store::action_row> all(waiting.begin(), waiting.end());
    return how_of(leg).single ? watch_singles(leg, all, std::move(by)) : watch_groups(leg, all, std::move(by));
  }

 private:
  static task<effect> resolved(effect became) { co_return became; }

  milliseconds age(const store::action_row& action) const {
    const replay_memo memo = replay_memo::read(action.memo);
    const instant since = memo.ended ? *memo.ended : memo.last.value_or(action.intended);
    return world_.clock.now() - since;
  }

  milliseconds look_again(const std::vector<store::action_row>& waiting) const {
    milliseconds soonest = replay_interval(std::chrono::hours(24));
    for (const auto& action : waiting) soonest = std::min(soonest, replay_interval(age(action)));
    return soonest;
  }

  task<observed> watch_singles(const leg_view& leg, std::vector<store::action_row> waiting, target::access by) {
    observed out;
    out.look_again = look_again(waiting);
    out.changes = co_await observe_singles(world_, leg, std::move(waiting), std::move(by));
    co_return out;
  }

  // Bulk actions that have not ended are few and looked at every time; the new runs of the others in turn.
  task<observed> watch_groups(const leg_view& leg, std::vector<store::action_row> waiting, target::access by) {
    observed out;
    out.look_again = look_again(waiting);
    std::size_t ended = 0;
    for (const auto& action : waiting) ended += replay_memo::read(action.memo).ended ? 1 : 0;
    const auto turn = static_cast<std::size_t>(world_.clock.now().time_since_epoch() / milliseconds(1'000));
    std::size_t place = 0;
    for (const auto& action : waiting) {
      bool list = true;
      if (replay_memo::read(action.memo).ended) {
        list = (place + ended - turn % ended) % ended < limits::group_looks;
        ++place;
      }
      store::action_row row = action;
      auto became = co_await observe_group(world_, leg, std::move(row), list, by);
      if (became) out.changes.push_back({action.number, std::move(*became)});
    }
    co_return out;
  }

  kind_world world_;
  instant started_;
};

}  // namespace

std::unique_ptr<kind> make_replay_kind(const kind_world& world) { return std::make_unique<replay_kind>(world); }

}  // namespace triggerd::job
