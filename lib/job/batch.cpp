// The batch kind: any number of items, sent in chunks or one by one.
#include "job/batch_call.hpp"
#include "job/batch_plan.hpp"
#include "job/batch_watch.hpp"
#include "job/codes.hpp"
#include "job/trigger_call.hpp"
#include "job/trigger_watch.hpp"

namespace triggerd::job {

namespace {

bool is_trigger(const store::action_row& row) { return row.kind == "trigger"; }

class batch_kind final : public kind {
 public:
  explicit batch_kind(const kind_world& world) : world_(world) {}

  job::pace pace(const leg_view& leg) const override {
    const auto& spec = std::get<spec::batch_spec>(leg.job.what);
    job::pace out;
    out.concurrent = spec.each ? limits::triggers_at_once : spec.concurrent;
    out.items = spec.pace;
    out.whole = false;
    out.looks_only = leg.job.wait.until == spec::wait_spec::goal::none;
    return out;
  }

  task<result<std::unique_ptr<planner>>> plan(const leg_view& leg, std::string position, target::access,
                                              memory remembered, cancellation& cancel) override {
    co_return co_await plan_batch(leg, std::move(position), remembered, world_.inputs, cancel);
  }

  task<effect> apply(const leg_view& leg, const store::action_row& action, action_body body,
                     target::access by) override {
    if (is_trigger(action)) return send_trigger(leg, action, std::move(body), std::move(by), world_.clock);
    return send_chunk(leg, action, std::move(body), std::move(by), world_);
  }

  // Sending a chunk again is always safe; what the ledger holds of its batch is used again. Nobody was asked, so that
  // when it cannot be sent any more, it may have happened all the same.
  task<effect> resolve(const leg_view& leg, const store::action_row& action, bool restarted, target::access by,
                       memory) override {
    if (is_trigger(action)) co_return co_await find_trigger(leg, action, restarted, std::move(by), world_.clock);
    effect out;
    out.state = effect_state::again;
    out.why.emplace();
    out.why->what = fail(codes::unknown_effect, "the batch may have been sealed");
    out.why->may_have_happened = true;
    co_return out;
  }

  task<observed> observe(const leg_view& leg, std::span<const store::action_row> waiting, target::access by,
                         memory) override {
    if (std::get<spec::batch_spec>(leg.job.what).each) {
      trigger_watch watch(leg, std::move(by), world_, true);
      auto rows = stretch_of(waiting, limits::runs_per_look, world_.random);
      observed out = co_await watch.look(std::move(rows));
      hurry(out, waiting.size(), limits::runs_per_look);
      remember(leg, waiting, out);
      co_return std::move(out);
    }
    batch_watch watch(leg, std::move(by), world_, item_space(leg));
    auto rows = stretch_of(waiting, limits::batches_per_look, world_.random);
    observed out = co_await watch.look(std::move(rows));
    hurry(out, waiting.size(), limits::batches_per_look);
    co_return std::move(out);
  }

 private:
  // Items whose runs are known to have succeeded are left out by later fires.
  static void remember(const leg_view& leg, std::span<const store::action_row> waiting, observed& seen) {
    const std::string space = item_space(leg);
    if (space.empty() || leg.job.wait.until == spec::wait_spec::goal::none) return;
    for (observed::settled& change : seen.changes) {
      const auto row =
          std::find_if(waiting.begin(), waiting.end(), [&](const auto& r) { return r.number == change.number; });
      if (change.what.items_ok == 0 || row == waiting.end()) continue;
      store::memory_row done;
      done.space = space;
      done.name = row->key;
      done.value = row->run;
      change.what.remember.push_back(std::move(done));
    }
  }

  const kind_world& world_;
};

}  // namespace

std::unique_ptr<kind> make_batch_kind(const kind_world& world) { return std::make_unique<batch_kind>(world); }

}  // namespace triggerd::job
