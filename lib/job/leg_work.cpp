// From an action to its effect: the attempts, the doubts, the bounds on what is open.
#include "api/retry.hpp"
#include "base/limits.hpp"
#include "job/codes.hpp"
#include "job/leg.hpp"

#include <utility>

namespace triggerd::job {

task<> leg_runner::work() {
  entry one;
  bool more = co_await next(one);
  while (more) {
    co_await carry_out(std::move(one));
    one = entry();
    moved();
    more = co_await next(one);
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

task<bool> leg_runner::next(entry& out) {
  while (!ended()) {
    if (!ready_.empty()) {
      out = std::move(ready_.front());
      ready_.pop_front();
      moved();
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
    co_await sleep_for(world_.timers, world_.clock, limits::resolve_again, cancel_);
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
    const result<> durable = co_await world_.writes.commit();
    if (!durable) {
      end(ending::suspended);
      co_return false;
    }
    if (ended()) {  // it did not go out after all
      --one.row.tries;
      clear_tries(one);
      co_return false;
    }
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
    co_await sleep_for(world_.timers, world_.clock, wait, cancel_);
    co_return false;
  }
  settle_entry(one, became);
  co_return true;
}

void leg_runner::write_tries(const store::action_row& row, int tries) {
  store::action_change tried;
  tried.fire = row.fire;
  tried.target = row.target;
  tried.number = row.number;
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
      else co_await moved_.wait(cancel_);
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
  moved();
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
  co_await sleep_for(world_.timers, world_.clock, wait, cancel_);
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

// What later attempts and looks need, also after a restart.
void leg_runner::keep_notes(store::action_row& row, const effect& became) {
  if (became.run) row.run = *became.run;
  if (became.memo) row.memo = *became.memo;
  if (became.key) row.key = *became.key;
  if (became.note) row.note = *became.note;
  if (!became.run && !became.memo && !became.key && !became.note) return;
  store::action_change kept;
  kept.fire = row.fire;
  kept.target = row.target;
  kept.number = row.number;
  kept.run = became.run;
  kept.memo = became.memo;
  kept.key = became.key;
  kept.note = became.note;
  world_.writes.change(std::move(kept));
  world_.writes.flush();
}

// The leg ended before the action did.
void leg_runner::abandon(entry& one) {
  if (suspended()) {
    if (one.granted) close_up(one.row);
    return;
  }
  if (one.may_have_happened || (one.restarted && one.resolve_first)) {
    settle_as(one, effect_state::unknown, codes::unknown_effect,
              "the fire ended before it was known whether this happened");
    return;
  }
  store::action_change cancelled;
  cancelled.fire = one.row.fire;
  cancelled.target = one.row.target;
  cancelled.number = one.row.number;
  cancelled.state = store::action_state::cancelled;
  cancelled.note = "never sent";
  cancelled.drop_body = true;
  cancelled.settled = world_.clock.now();
  world_.writes.change(std::move(cancelled));
  if (one.granted) close_up(one.row);
  if (!one.row.spool.empty()) children_.spawn(drop_spool(one.row.spool));
}

// What waits for its turn, in memory or only in the ledger.
task<> leg_runner::abandon_ready() {
  for (;;) {
    for (entry& one : ready_) abandon(one);
    ready_.clear();
    if (!more_stored_ || suspended()) co_return;
    co_await refill();
  }
}

void leg_runner::settle_as(entry& one, effect_state state, error_code code, std::string text) {
  effect became;
  became.state = state;
  became.code = std::string(code.name);
  became.note = std::move(text);
  became.drop_body = state != effect_state::unknown;
  settle_entry(one, became);
}

void leg_runner::settle_entry(entry& one, const effect& became) {
  if (became.run) one.row.run = *became.run;
  if (became.memo) one.row.memo = *became.memo;
  if (became.key) one.row.key = *became.key;
  if (became.note) one.row.note = *became.note;
  settle(one.row, became);
  if (became.state == effect_state::waiting) {
    if (!one.granted) open_up(one.row);  // found again after a restart
    const std::uint64_t number = one.row.number;
    waiting_.insert_or_assign(number, one.row);
    look_soon();
    if (became.makes_room) make_room(one.row);
    moved();
  } else if (one.granted) {
    close_up(one.row);
  }
}

// Writes what became of an action: its row, what is remembered with it, and the leg's counts, all in one commit.
void leg_runner::settle(store::action_row& row, const effect& became) {
  using store::action_state;
  const bool waits = became.state == effect_state::waiting;
  store::action_change now;
  now.fire = row.fire;
  now.target = row.target;
  now.number = row.number;
  now.tries = row.tries;
  now.run = became.run;
  now.memo = became.memo;
  now.key = became.key;
  now.note = became.note;
  now.code = became.code;
  now.drop_body = became.drop_body;
  now.state = waits                                   ? action_state::waiting
              : became.state == effect_state::done    ? action_state::done
              : became.state == effect_state::unknown ? action_state::unknown
                                                      : action_state::failed;
  row.state = *now.state;
  if (!waits) now.settled = world_.clock.now();
  world_.writes.change(std::move(now));
  for (store::memory_row kept : became.remember) {
    kept.owner = job_.name;
    kept.fire = fire_.id;
    kept.at = world_.clock.now();
    world_.writes.remember(std::move(kept));
  }
  for (const auto& [space, name] : became.forget) world_.writes.forget(space, name);
  items_ok_ += became.items_ok;
  items_bad_ += became.items_bad;
  if (row.state == action_state::done) ++row_.done;
  if (row.state == action_state::failed) {
    ++row_.failed;
    if (row_.failed == 1 && became.note) row_.note = *became.note;
  }
  if (row.state == action_state::unknown) ++row_.unknown;
  save();
  world_.writes.flush();
  if (became.drop_body && !row.spool.empty()) {
    children_.spawn(drop_spool(row.spool));
    row.spool.clear();
  }
  if (!became.notice.empty()) {
    world_.log.warning(became.notice, {{"job", job_.name}, {"fire", fire_.id}, {"target", row_.target}});
    world_.events.publish({.kind = "notice",
                           .job = job_.name,
                           .fire = fire_.id,
                           .target = row_.target,
                           .level = event_level::warning,
                           .text = became.notice});
  }
  if (waits) return;
  const bool bad = row.state == action_state::failed || row.state == action_state::unknown;
  world_.events.publish({.kind = "action-settled",
                         .job = job_.name,
                         .fire = fire_.id,
                         .target = row_.target,
                         .state = std::string(store::name(row.state)),
                         .level = bad ? event_level::warning : event_level::info,
                         .text = row.kind + " " + row.subject + (row.note.empty() ? "" : ": " + row.note)});
}

// The file goes after the commit that dropped its name.
task<> leg_runner::drop_spool(std::string name) {
  const result<> durable = co_await world_.writes.commit();
  if (!durable) co_return;
  const result<> gone = co_await world_.spool.remove(std::move(name));
  if (!gone) world_.log.warning("a spool file could not be removed: " + gone.error().describe(), {});
}

}  // namespace triggerd::job
