// What became of an action: the ledger is told, and whoever listens.
#include "base/limits.hpp"
#include "job/codes.hpp"
#include "job/leg.hpp"

#include <utility>

namespace triggerd::job {

namespace {

// What went well, or waits, is counted in its own row, and the leg's need not be written with each: recover() counts.
bool counts_by_itself(const store::action_row& row, const effect& became) {
  const std::uint64_t well = row.state == store::action_state::done ? 1 : 0;
  return (well == 1 || row.state == store::action_state::waiting) && row.items == 1 && became.items_ok == well &&
         became.items_bad == 0;
}

}  // namespace

store::action_change leg_runner::change_of(const store::action_row& row) {
  store::action_change out;
  out.fire = row.fire;
  out.target = row.target;
  out.number = row.number;
  return out;
}

void leg_runner::take_notes(store::action_row& row, const effect& became) {
  if (became.run) row.run = *became.run;
  if (became.memo) row.memo = *became.memo;
  if (became.key) row.key = *became.key;
  if (became.note) row.note = *became.note;
}

void leg_runner::remember(store::memory_row what) {
  what.owner = job_.name;
  what.fire = fire_.id;
  what.at = world_.clock.now();
  world_.writes.remember(std::move(what));
}

// What later attempts and looks need, also after a restart.
void leg_runner::keep_notes(store::action_row& row, const effect& became) {
  take_notes(row, became);
  if (!became.run && !became.memo && !became.key && !became.note) return;
  store::action_change kept = change_of(row);
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
  store::action_change cancelled = change_of(one.row);
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
  take_notes(one.row, became);
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
  store::action_change now = change_of(row);
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
  for (const store::memory_row& kept : became.remember) remember(kept);
  for (const auto& [space, name] : became.forget) world_.writes.forget(space, name);
  items_ok_ += became.items_ok;
  items_bad_ += became.items_bad;
  if (row.state == action_state::done) ++row_.done;
  if (row.state == action_state::failed) {
    ++row_.failed;
    if (row_.failed == 1 && became.note) row_.note = *became.note;
  }
  if (row.state == action_state::unknown) ++row_.unknown;
  if (!counts_by_itself(row, became)) save();
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
