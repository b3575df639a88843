#include "job/trigger_call.hpp"

#include "api/tasks.hpp"
#include "base/limits.hpp"
#include "base/mutation.hpp"
#include "job/tagged_runs.hpp"
#include "job/trigger_memo.hpp"

#include <algorithm>

namespace triggerd::job {

namespace {

using api::run_view;

// The run exists: what remains to be done about it.
effect started(const leg_view& leg, trigger_memo memo, std::string run, bool cached, instant since) {
  effect out;
  out.run = std::move(run);
  if (cached) out.note = "the key had this run already";
  out.drop_body = true;
  memo.since = since;
  memo.lookups = 0;
  memo.look = memo.look || memo.doubt;
  out.memo = memo.write();
  const bool watched = memo.look || leg.job.wait.until != spec::wait_spec::goal::none;
  out.state = watched ? effect_state::waiting : effect_state::done;
  if (!watched) out.items_ok = 1;
  return out;
}

effect not_started(trigger_memo memo, const api::failure& why, instant now) {
  effect out = effect_of(why);
  // Also a 500 to a run with a version: that is how the server says that it has no such version (SERVER-FACTS, trigger).
  if (!why.may_have_happened || out.state == effect_state::failed) return out;
  if (!memo.doubt) memo.doubt = now;
  out.memo = memo.write();
  // The key makes repeating it safe for as long as the run cannot have failed unseen.
  const bool old = now - *memo.doubt >= limits::lookup_after;
  out.state = old ? effect_state::doubtful : effect_state::again;
  return out;
}

// For deliberate faults alone.
std::shared_ptr<const std::string> under_another_key(std::string body, const std::string& key, instant now) {
  body.insert(body.find(key), std::to_string(now.time_since_epoch().count()));
  return std::make_shared<const std::string>(std::move(body));
}

effect send_again(const trigger_memo& memo) {
  effect out;
  out.state = effect_state::again;
  out.memo = memo.write();
  return out;
}

// The list did not tell. A key that may not list has to do without; otherwise asking may work soon.
effect could_not_look(trigger_memo memo, const api::failure& why) {
  effect out;
  out.why = why;
  out.why->may_have_happened = true;
  out.state = effect_state::pending;
  if (why.what.code == triggerd::codes::cancelled) return out;
  const bool lasting = why.kind == api::failure_kind::refused || why.kind == api::failure_kind::credential;
  ++memo.lookups;
  if (lasting || memo.lookups >= limits::failed_lookups) {
    memo.lookups = 0;
    out.state = effect_state::again;
  }
  out.memo = memo.write();
  return out;
}

}  // namespace

task<effect> send_trigger(const leg_view& leg, const store::action_row& action, action_body body, target::access by,
                          const clock& time) {
  const trigger_memo memo = trigger_memo::read(action.memo);
  if (!body.stored) body.stored = std::make_shared<const std::string>();
  const bool other_key = (mutated(mutation::new_key_on_retry) && action.tries > 1) ||
                         (mutated(mutation::blind_after_restart) && memo.doubt == action.intended);
  if (other_key) body.stored = under_another_key(*body.stored, action.key, time.now());
  auto call = api::trigger(action.subject, std::move(body.stored), true, memo.locked);
  if (!call) co_return effect_of(api::refused_here(call.error()));
  const auto made = co_await by.send(std::move(*call));
  if (!made) co_return not_started(memo, made.error(), time.now());
  co_return started(leg, memo, made->run, made->cached, time.now());
}

task<effect> find_trigger(const leg_view& leg, const store::action_row& action, bool restarted, target::access by,
                          const clock& time) {
  trigger_memo memo = trigger_memo::read(action.memo);
  const instant now = time.now();
  if (!memo.doubt) memo.doubt = restarted ? action.intended : now;
  if (!restarted && now - *memo.doubt < limits::lookup_after) co_return send_again(memo);
  if (mutated(mutation::blind_after_restart)) co_return send_again(memo);
  std::string tag = action_tag(action);
  const auto tagged = co_await runs_with_tag(std::move(tag), by);
  if (!tagged) co_return could_not_look(memo, tagged.error());
  if (const run_view* found = run_of_action(*tagged, action.key)) {
    memo.doubt =
        now;  // an attempt of the life before this one may still be on the wire, and make another after a failure
    effect out = started(leg, memo, found->id, false, std::min(found->created.value_or(now), now));
    const run_view& oldest = tagged->back();
    out.note = found->id == oldest.id ? "found again by its tag" : repeated_after(oldest);
    co_return out;
  }
  // The list lags: once more before it is believed.
  const bool first = memo.lookups == 0;
  memo.lookups = first ? 1 : 0;
  effect out = send_again(memo);
  if (first) out.state = effect_state::pending;
  co_return out;
}

}  // namespace triggerd::job
