// The trigger kind: one run per target and fire.
#include "job/kind.hpp"
#include "job/trigger_call.hpp"
#include "job/trigger_plan.hpp"
#include "job/trigger_watch.hpp"

namespace triggerd::job {

namespace {

class one_action final : public planner {
 public:
  explicit one_action(planned_action what) : what_(std::move(what)) {}
  task<result<boxed<plan_step>>> next() override {
    boxed<plan_step> step;
    if (what_) step.emplace(std::move(*what_));
    what_.reset();
    co_return std::move(step);
  }

 private:
  std::optional<planned_action> what_;
};

class trigger_kind final : public kind {
 public:
  explicit trigger_kind(const kind_world& world) : world_(world) {}

  job::pace pace(const leg_view& leg) const override {
    job::pace out;
    out.looks_only = leg.job.wait.until == spec::wait_spec::goal::none;
    return out;
  }

  task<result<std::unique_ptr<planner>>> plan(const leg_view& leg, std::string, target::access, memory,
                                              cancellation& cancel) override {
    auto action = co_await plan_trigger(leg, world_.inputs, cancel);
    if (!action) co_return action.error();
    std::unique_ptr<planner> made = std::make_unique<one_action>(std::move(*action));
    co_return std::move(made);
  }

  task<effect> apply(const leg_view& leg, const store::action_row& action, action_body body,
                     target::access by) override {
    return send_trigger(leg, action, std::move(body), std::move(by), world_.clock);
  }

  task<effect> resolve(const leg_view& leg, const store::action_row& action, bool restarted, target::access by,
                       memory) override {
    return find_trigger(leg, action, restarted, std::move(by), world_.clock);
  }

  task<observed> observe(const leg_view& leg, std::span<const store::action_row> waiting, target::access by,
                         memory) override {
    trigger_watch watch(leg, std::move(by), world_, false);
    auto rows = stretch_of(waiting, limits::runs_per_look, world_.random);
    observed out = co_await watch.look(std::move(rows));
    hurry(out, waiting.size(), limits::runs_per_look);
    co_return std::move(out);
  }

 private:
  const kind_world& world_;
};

}  // namespace

std::unique_ptr<kind> make_trigger_kind(const kind_world& world) { return std::make_unique<trigger_kind>(world); }

}  // namespace triggerd::job
