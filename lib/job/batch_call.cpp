#include "job/batch_call.hpp"

#include "api/batches.hpp"
#include "api/tasks.hpp"
#include "base/limits.hpp"
#include "base/mutation.hpp"
#include "base/text.hpp"
#include "job/batch_memo.hpp"
#include "job/codes.hpp"

namespace triggerd::job {

namespace {

using api::failure_kind;

bool is_lasting(const api::failure& why) {
  return why.kind == failure_kind::refused || why.kind == failure_kind::credential;
}

// Nothing happened that matters; the engine may repeat it as it repeats what never left.
effect harmless(const api::failure& why) {
  effect out;
  out.state = effect_state::again;
  out.why = why;
  if (out.why->kind == failure_kind::ambiguous || is_lasting(why)) out.why->kind = failure_kind::transient;
  out.why->may_have_happened = false;
  return out;
}

effect not_created(const store::action_row& action, const api::failure& why) {
  if (!is_lasting(why)) return harmless(why);  // the orphan, if there is one, holds nothing
  effect out = effect_of(why);
  out.items_bad = action.items;
  if (why.status == 404) *out.note += "; a server without this form of batches needs send = \"each\"";
  return out;
}

// The batch was thrown away, or belongs to a server that was set back.
bool is_unknown_batch(const api::failure& why) {
  return why.status == 422 && text::lower(why.what.peer).find("not found") != std::string::npos;
}

std::string held(const api::streamed_items& seen, const store::action_row& action) {
  if (!seen.enqueued) return "it is not sealed";
  return "it holds " + std::to_string(*seen.enqueued) + " of " + std::to_string(seen.expected.value_or(action.items)) +
         " items";
}

// A stream that did not seal the batch: again, as long as its attempts and its time last.
effect unsealed(const spec::batch_spec& spec, const store::action_row& action, const batch_memo& memo,
                const api::failure& why, instant now) {
  effect out;
  out.memo = memo.write();
  const bool late = memo.begun && now - *memo.begun >= spec.seal_within;
  const bool spent = memo.streams >= limits::batch_item_attempts;
  if (!late && !spent) {
    out.state = effect_state::again;
    out.why = why;
    if (out.why->kind == failure_kind::ambiguous) out.why->kind = failure_kind::transient;
    out.free_retry = why.kind != failure_kind::not_sent;  // counted here
    return out;
  }
  // An open batch never starts anything; after a lost answer nobody knows whether it is open.
  out.state = why.may_have_happened ? effect_state::unknown : effect_state::failed;
  out.code = std::string(codes::unsealed.name);
  out.note = memo.batch + " was not sealed in " + std::to_string(memo.streams) + " attempts" +
             (late ? " and " + text::show(spec.seal_within) : "") + ": " + why.what.describe();
  out.items_bad = why.may_have_happened ? 0 : action.items;
  out.drop_body = !why.may_have_happened;
  return out;
}

effect not_streamed(const spec::batch_spec& spec, const store::action_row& action, batch_memo memo,
                    const api::failure& why, instant now) {
  if (is_unknown_batch(why)) {
    memo.batch.clear();
    memo.begun.reset();
    memo.streams = 0;
    effect out = harmless(why);
    out.memo = memo.write();
    return out;
  }
  if (is_lasting(why)) {
    effect out = effect_of(why);
    out.items_bad = action.items;
    *out.note += "; " + memo.batch + " stays open and starts nothing";
    return out;
  }
  if (why.kind != failure_kind::not_sent && why.kind != failure_kind::throttled) ++memo.streams;
  return unsealed(spec, action, memo, why, now);
}

effect sealed(batch_memo memo, instant now) {
  effect out;
  out.state = effect_state::waiting;
  memo.sealed = now;
  out.memo = memo.write();
  out.drop_body = true;
  return out;
}

}  // namespace

task<effect> send_chunk(const leg_view& leg, const store::action_row& action, action_body body, target::access by,
                        const kind_world& world) {
  const auto& spec = std::get<spec::batch_spec>(leg.job.what);
  batch_memo memo = batch_memo::read(action.memo);
  std::optional<std::string> key;
  if (memo.batch.empty()) {
    // Never the same key twice: the server answers a repeated one without the batch's id.
    key = api::hashed_key(world.random.uuid_v4());
    const std::vector<std::string> tasks(1, action.subject);
    auto create = api::create_batch(action.items, tasks, *key);
    auto made = co_await by.send(std::move(create), action.items);
    if (!made) co_return not_created(action, made.error());
    memo.batch = std::move(made->id);
    memo.begun = world.clock.now();
  }
  auto stream = api::stream_items(memo.batch, std::move(body.stored));
  const auto streamed = co_await by.send(std::move(stream));
  const instant now = world.clock.now();
  effect out;
  if (!streamed && mutated(mutation::seal_assumed) && streamed.error().may_have_happened) {
    out = sealed(memo, now);
  } else if (!streamed) {
    out = not_streamed(spec, action, memo, streamed.error(), now);
  } else {
    ++memo.streams;
    if (streamed->sealed) {
      out = sealed(memo, now);
    } else {
      api::failure open;
      open.kind = failure_kind::transient;
      open.what = fail(codes::unsealed, held(*streamed, action));
      out = unsealed(spec, action, memo, open, now);
    }
  }
  out.run = memo.batch;
  out.key = std::move(key);
  co_return out;
}

}  // namespace triggerd::job
