// A kind of job is four functions: plan, apply, resolve, observe. The engine owns time, order, budgets, retries,
// durability and cancelling. A kind never sleeps, never writes to the ledger and never repeats a request.
#pragma once

#include "api/failure.hpp"
#include "base/async.hpp"
#include "base/boxed.hpp"
#include "base/secret.hpp"
#include "job/inputs.hpp"
#include "job/memory.hpp"
#include "spec/job_spec.hpp"
#include "spec/target_spec.hpp"
#include "store/ledger.hpp"
#include "target/access.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace triggerd::job {

// What a kind may know about the leg it works for. Lives as long as the leg runs.
struct leg_view {
  const spec::job_spec& job;  // as the fire stored it
  const spec::target_spec& target;
  const store::fire_row& fire;
  int attempt = 1;                 // of the fire on this target
  std::string identity;            // proved
  std::vector<std::string> adopt;  // variable names an operator lets an env-sync take over
  std::uint64_t first_number = 0;  // of the first action that planning will make; they count up by one
  std::string earlier = {};        // where the planning of the attempt before this one stood; empty in the first
};

// One line of `triggerctl plan`. Never a value.
struct plan_line {
  std::string op;  // add, change, remove, keep, conflict, trigger, chunk or replay
  std::string what;
  std::string detail;
};

struct planned_action {
  // kind, subject, key, body, items and memo are the kind's; fire, target, number, attempt and state are the engine's.
  store::action_row row;
  // What is sent, when it must not be stored: in memory only. After a restart such an action is void and the leg is
  // planned anew.
  std::shared_ptr<const secret> values;
  bool volatile_body = false;
  bool once = false;                        // must never be sent twice: that it goes out is durable before it does
  std::vector<store::memory_row> remember;  // written with the intent
  std::string position;                     // where planning goes on after this action; see planner
  std::vector<plan_line> lines;
};

struct planned_reject {
  std::uint64_t line = 0;
  std::string reason;
  std::string raw;   // as it stood in the source; bounded
  std::string file;  // rendered path of the rejects file; empty: none is kept
  std::string position;
};

// Something people should read in a plan and in the log: "12 runs were replayed before and are left out".
struct plan_note {
  std::string text;
};

// What planning changes without any action: a variable that is adopted because it is equal already.
struct planned_memory {
  std::vector<store::memory_row> remember;
  std::vector<std::pair<std::string, std::string>> forget;  // space, name
};

// A read that planning needs failed in a way that may pass: the engine waits so long and calls next() again. The planner
// bounds how often, by the target's retry policy.
struct plan_wait {
  milliseconds how_long{0};
  error why;
};

using plan_step = std::variant<planned_action, planned_reject, plan_note, planned_memory, plan_line, plan_wait>;

// The actions of one leg as a stream, in the order in which they should begin.
class planner {
 public:
  virtual ~planner() = default;
  // Empty: that was all. An error ends the leg's attempt: nothing more is planned, what was planned is finished.
  virtual task<result<boxed<plan_step>>> next() = 0;
};

// How fast and how wide the engine may work through a leg's actions.
struct pace {
  std::uint32_t concurrent = 1;               // actions being applied at once
  std::optional<std::uint64_t> open_items;    // items of actions applied and not settled
  std::optional<std::uint32_t> open_actions;  // actions applied and not settled, of all legs with the same `shared`
  std::string shared;                         // "bulk:ENVIRONMENT"; empty: this leg alone
  std::optional<spec::rate> items;            // per time, this leg
  bool whole = true;  // every action stands in the ledger before the first is applied; false: a stream that can go on
                      // from planned_action::position after a restart
  // What waits has had its effect and is only looked at once more: other targets go on meanwhile.
  bool looks_only = false;
};

enum class effect_state {
  done,      // it had its effect, and nothing more is expected
  waiting,   // it had its effect; observe() tells when it has settled
  failed,    // refused for good, or what came of it is a failure
  unknown,   // nobody can be asked
  again,     // it had no effect, or sending it again is safe: `why` says how long to wait
  doubtful,  // it may have had its effect: resolve() comes next
  pending,   // resolve() only: cannot be told yet, look again after a while
};

// What became of an action. Unset fields stay as they are.
struct effect {
  effect_state state = effect_state::done;
  boxed<api::failure> why;  // again and doubtful
  std::optional<std::string> run, memo, code, note, key, body;
  bool drop_body = false;                     // acknowledged: body and spool file are no longer needed
  bool makes_room = false;                    // waiting: it no longer counts for pace::open_actions; said at every look
  bool free_retry = false;                    // again: this attempt does not count (a wait for room at the server)
  std::uint64_t items_ok = 0, items_bad = 0;  // runs that ended well or badly, known with this change
  std::vector<store::memory_row> remember;
  std::vector<std::pair<std::string, std::string>> forget;
  std::string notice;  // a warning for the log and the events: "run_x stays PENDING_VERSION"
};

// The usual effect of a failed exchange: again for not sent, throttled and transient ones, doubtful for ambiguous ones,
// failed (with code and the server's words) for the rest.
effect effect_of(const api::failure& why);

struct observed {
  struct settled {
    std::uint64_t number = 0;  // of the action
    effect what;               // waiting again: only the memo changed, or the items so far
  };
  std::vector<settled> changes;
  milliseconds look_again{1'000};  // when nothing else happens
};

// Body of an action: out of the row or its spool file, or the volatile values.
struct action_body {
  std::shared_ptr<const std::string> stored;
  std::shared_ptr<const secret> values;
};

class kind {
 public:
  virtual ~kind() = default;

  virtual job::pace pace(const leg_view& leg) const = 0;

  // `position` is empty at the beginning, else what the last durable step said. Reads go through `by`.
  virtual task<result<std::unique_ptr<planner>>> plan(const leg_view& leg, std::string position, target::access by,
                                                      memory remembered, cancellation& cancel) = 0;
  // One exchange, or one short conversation. `tries` of the row counts this attempt, from 1.
  virtual task<effect> apply(const leg_view& leg, const store::action_row& action, action_body body,
                             target::access by) = 0;
  // After a doubtful attempt, or when a restart found the action intended or doubtful. `restarted`: we do not know
  // whether it was ever sent. `again` means that sending is safe now.
  virtual task<effect> resolve(const leg_view& leg, const store::action_row& action, bool restarted, target::access by,
                               memory remembered) = 0;
  // Looks at all waiting actions of a leg together.
  virtual task<observed> observe(const leg_view& leg, std::span<const store::action_row> waiting, target::access by,
                                 memory remembered) = 0;
};

// What all kinds work with; it outlives them.
struct kind_world {
  triggerd::clock& clock;
  random_source& random;
  job::inputs& inputs;
  std::string_view digest_key;  // this installation's own, for digests of secret values
};

// "td:FIRE:TARGET:NUMBER", bounded to the server's tag length: the tag that finds an action's run again.
std::string action_tag(const store::action_row& action);
std::string tag_of_leg(std::string_view fire, std::string_view target);  // all of it but the number

std::unique_ptr<kind> make_trigger_kind(const kind_world& world);
std::unique_ptr<kind> make_batch_kind(const kind_world& world);
std::unique_ptr<kind> make_replay_kind(const kind_world& world);
std::unique_ptr<kind> make_env_sync_kind(const kind_world& world);

}  // namespace triggerd::job
