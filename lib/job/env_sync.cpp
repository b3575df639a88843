// Keeps the variables of an environment in step with their sources.
#include "job/env_sync_planner.hpp"
#include "job/kind.hpp"
#include "job/variable_actions.hpp"

namespace triggerd::job {

namespace {

class env_sync_kind final : public kind {
 public:
  explicit env_sync_kind(const kind_world& world) : world_(world) {}

  // One after the other: what is made again is deleted first, and what is read back must have been written.
  job::pace pace(const leg_view&) const override { return {}; }

  task<result<std::unique_ptr<planner>>> plan(const leg_view& leg, std::string, target::access by, memory remembered,
                                              cancellation& cancel) override {
    std::unique_ptr<planner> made = std::make_unique<env_sync_planner>(world_, leg, std::move(by), remembered, cancel);
    co_return made;
  }

  task<effect> apply(const leg_view& leg, const store::action_row& action, action_body body,
                     target::access by) override {
    if (action.kind == "import") return apply_import(world_, leg, action, std::move(body), std::move(by));
    if (action.kind == "delete") return apply_delete(world_, leg, action, std::move(by));
    return apply_verify(world_, leg, action, std::move(by));
  }

  // Values are absolute and a second delete finds nothing: sending again is always safe.
  task<effect> resolve(const leg_view&, const store::action_row&, bool, target::access, memory) override {
    effect out;
    out.state = effect_state::again;
    co_return out;
  }

  // Nothing here waits.
  task<observed> observe(const leg_view&, std::span<const store::action_row>, target::access, memory) override {
    co_return observed();
  }

 private:
  kind_world world_;
};

}  // namespace

std::unique_ptr<kind> make_env_sync_kind(const kind_world& world) { return std::make_unique<env_sync_kind>(world); }

}  // namespace triggerd::job
