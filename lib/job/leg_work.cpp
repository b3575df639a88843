// From an action to its effect: the attempts, the doubts, the bounds on what is open.
#include "api/retry.hpp"
#include "base/limits.hpp"
#include "job/codes.hpp"
#include "job/leg.hpp"

#include <utility>

namespace triggerd::job {

// While one request is on the wire the next is made ready. More than that would only wait for the target's door, and each
// of those grows cold in memory: a fifth of the time of a trigger.
std::size_t leg_runner::most_workers() const {
  return std::min<std::size_t>(2 * most_in_flight_ + resting_, std::max<std::size_t>(pace_.concurrent, 1));
}

// Counted before: one that finds nothing to do is gone again at once.
void leg_runner::hire() {
  if (ended()) return;
  const std::size_t most = most_workers();
  const std::size_t missing = most - std::min(most, workers_);
  for (std::size_t i = 0; i < missing; ++i) {
    ++workers_;
    children_.spawn(work());
  }
}

task<> leg_runner::work() {
  while (workers_ <= most_workers()) {
    entry one;
    const bool more = co_await next(one);
    if (!more) break;
    co_await carry_out(std::move(one));
  }
  --workers_;
  moved();
  tell_if_all_sent();
}

void leg_runner::tell_if_all_sent() {
  const bool well = !broken_ && row_.failed == 0 && row_.unknown == 0;
  if (!pace_.looks_only || planning_ || workers_ > 0 || ended() || !well || !all_sent_) return;
  std::exchange(all_sent_, nullptr)();
}

// Others take its place meanwhile: an action in trouble holds up none that could go.
task<> leg_runner::rest(milliseconds how_long) {
  ++resting_;
  hire();
  co_await sleep_for(world_.timers, world_.clock, how_long, cancel_);
  --resting_;
}

task<bool> leg_runner::next(entry& out) {
  while (!ended()) {
    if (!ready_.empty()) {
      out = std::move(ready_.front());
      ready_.pop_front();
      if (ready_.size() == most_ready() / 2) used_up_.notify_all();
      co_return true;
    }
    if (more_stored_ && !refilling_) co_await refill();
    else if (!planning_ && !more_stored_ && unwritten_.empty()) co_return false;
    else co_await moved_.wait(cancel_);
  }
  co_return false;
}

task<> leg_runner::carry_out(entry one) {
  bool settled = false;
  while (!settled && !ended()) {
    if (one.resolve_first) {
      settled = co_await look(one);
      continue;
    }
    const bool goes = co_await may_go(one);
    if (goes) settled = co_await send(one);
  }
  if (!settled) abandon(one);
}

// True when the action is settled, or waits.
task<bool> leg_runner::look(entry& one) {
  const leg_view seen = view();
  target::access by = *access_;
  const memory remembered(world_.writes.reads());
  const effect became = co_await kind_.resolve(seen, one.row, one.restarted, std::move(by), remembered);
  if (became.state == effect_state::pending || became.state == effect_state::doubtful) {
    keep_notes(one.row, became);
    if (++one.looks >= limits::resolve_looks) {
      settle_as(one, effect_state::unknown, codes::unknown_effect, "the server did not tell what became of it");
      co_return true;
    }
    co_await rest(limits::resolve_again);
    co_return false;
  }
  if (became.state != effect_state::again) {
    settle_entry(one, became);
    co_return true;
  }
  keep_notes(one.row, became);
  one.resolve_first = one.restarted = false;
  one.may_have_happened = became.why && became.why->may_have_happened;  // it could not be asked
  one.looks = 0;
  co_return false;
}

task<bool> leg_runner::send(entry& one) {
  const bool whole = co_await fetch_body(one);
  if (!whole) co_return true;
  ++one.row.tries;
  // A first attempt of what may be repeated is told with its end.
  if (once_ || one.row.tries > 1) write_tries(one.row, one.row.tries);
  if (once_) {
    const bool goes = co_await told_before(one);
    if (!goes) co_return false;
  }
  const leg_view seen = view();
  target::access by = *access_;
  action_body body = one.body;
  const effect became = co_await kind_.apply(seen, one.row, std::move(body), std::move(by));
  if (became.state == effect_state::again) {
    keep_notes(one.row, became);
    co_return co_await try_again(one, became);
  }
  if (became.state == effect_state::doubtful || became.state == effect_state::pending) {
    keep_notes(one.row, became);
    one.resolve_first = one.may_have_happened = true;
    if (one.row.tries >= limits::ambiguous_attempts && !once_) {
      settle_as(one, effect_state::unknown, codes::unknown_effect,
                "sent " + std::to_string(one.row.tries) + " times without a reply that tells");
      co_return true;
    }
    ++row_.retries;
    const milliseconds wait = api::backoff(target_spec_.retry, one.row.tries, world_.random);
    co_await rest(wait);
    co_return false;
  }
  settle_entry(one, became);
  co_return true;
}

// The ledger knows of the attempt before its first byte. False: it does not go out after all.
task<bool> leg_runner::told_before(entry& one) {
  const result<> durable = co_await world_.writes.commit();
  if (!durable) end(ending::suspended);
  if (durable && ended()) {
    --one.row.tries;
    clear_tries(one);
  }
  co_return durable && !ended();
}

void leg_runner::write_tries(const store::action_row& row, int tries) {
  store::action_change tried = change_of(row);
  tried.tries = tries;
  world_.writes.change(std::move(tried));
}

// No attempt had an effect: the next process need not doubt what must not be sent twice.
void leg_runner::clear_tries(const entry& one) {
  if (once_ && !one.may_have_happened) write_tries(one.row, 0);
}

task<bool> leg_runner::fetch_body(entry& one) {
  if (one.body.stored || one.body.values) co_return true;
  if (!one.row.body.empty()) {
    one.body.stored = std::make_shared<const std::string>(std::move(one.row.body));
    one.row.body.clear();
  }
  if (one.body.stored || one.row.spool.empty()) co_return true;
  std::string name = one.row.spool;
  auto body = co_await world_.spool.read(std::move(name));
  if (!body) {
    settle_as(one, effect_state::failed, body.error().code, body.error().message);
    co_return false;
  }
  one.body.stored = std::make_shared<const std::string>(std::move(*body));
  co_return true;
}

// Waits for room and for the pace. False when the leg ended meanwhile.
task<bool> leg_runner::may_go(entry& one) {
  if (one.granted) co_return true;
  while (!ended()) {
    if (!has_room(one)) {
      if (!pace_.shared.empty() && pace_.open_actions) co_await world_.shared_moved.wait(cancel_);
      else co_await room_.wait(cancel_);
      continue;
    }
    const auto wait = pacer_.wait(world_.clock.steady());
    if (wait.count() > 0) {
      co_await sleep_for(world_.timers, world_.clock, wait, cancel_);
      continue;
    }
    pacer_.took(std::max<std::uint64_t>(one.row.items, 1), world_.clock.steady());
    one.granted = true;
    open_up(one.row);
    co_return true;
  }
  co_return false;
}

bool leg_runner::has_room(const entry& one) const {
  if (waiting_.size() >= limits::waiting_actions) return false;
  if (pace_.open_actions && world_.shared.of(pace_.shared) >= *pace_.open_actions) return false;
  // One group larger than the bound still goes, alone.
  return !pace_.open_items || open_items_ == 0 || open_items_ + one.row.items <= *pace_.open_items;
}

void leg_runner::open_up(const store::action_row& row) {
  open_items_ += row.items;
  if (pace_.open_actions) world_.shared.add(pace_.shared);
}

void leg_runner::make_room(const store::action_row& row) {
  if (!pace_.open_actions || !roomy_.insert(row.number).second) return;
  world_.shared.remove(pace_.shared);
  world_.shared_moved.notify_all();
}

void leg_runner::close_up(const store::action_row& row) {
  open_items_ -= std::min(open_items_, row.items);
  if (pace_.open_actions && roomy_.erase(row.number) == 0) world_.shared.remove(pace_.shared);
  room_.notify_all();
  world_.shared_moved.notify_all();
}

// False: go round again. True: the action is settled.
task<bool> leg_runner::try_again(entry& one, const effect& became) {
  const auto why = became.why;
  one.may_have_happened = one.may_have_happened || (why && why->may_have_happened);
  clear_tries(one);
  if (why && why->what.code == triggerd::codes::cancelled) {  // its turn never came
    --one.row.tries;
    co_return false;
  }
  ++row_.retries;
  if (const auto target = world_.targets.find(row_.target)) target->count_retry();
  const bool counts = !became.free_retry && !(why && why->kind == api::failure_kind::throttled);
  if (counts && ++one.failures >= target_spec_.retry.attempts) co_return give_up(one, became);
  milliseconds wait = api::backoff(target_spec_.retry, std::max(one.failures, 1), world_.random);
  if (why && why->wait) wait = std::max(wait, std::min<milliseconds>(*why->wait, limits::rate_wait));
  co_await rest(wait);
  co_return false;
}

bool leg_runner::give_up(entry& one, const effect& became) {
  if (one.may_have_happened && !one.last_look) {
    one.last_look = one.resolve_first = one.restarted = true;  // perhaps it happened all the same
    one.failures = target_spec_.retry.attempts - 1;            // and if not, once more
    return false;
  }
  std::string text = "given up after " + std::to_string(one.row.tries) + " attempts";
  if (became.why) text += ": " + became.why->what.describe();
  settle_as(one, one.may_have_happened ? effect_state::unknown : effect_state::failed,
            one.may_have_happened ? codes::unknown_effect : codes::attempts, std::move(text));
  return true;
}

}  // namespace triggerd::job
