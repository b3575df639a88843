#include "job/replay_group.hpp"

#include "api/bulk_actions.hpp"
#include "api/runs.hpp"
#include "base/limits.hpp"
#include "base/mutation.hpp"
#include "base/text.hpp"
#include "job/bulk_search.hpp"
#include "job/codes.hpp"
#include "job/replay_outcome.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace triggerd::job {

namespace {

std::vector<std::string> ids_of(const action_body& body) {
  std::vector<std::string> out;
  if (!body.stored) return out;
  const auto written = nlohmann::json::parse(*body.stored, nullptr, false);
  if (!written.is_array()) return out;
  for (const auto& id : written)
    if (id.is_string()) out.push_back(id.get<std::string>());
  return out;
}

effect broken_body() {
  effect out;
  out.state = effect_state::failed;
  out.code = std::string(codes::payload.name);
  out.note = "the ids of the group are gone; nothing was sent";
  return out;
}

// Where to look when nobody can tell.
effect lost(const store::action_row& action, const replay_memo& memo, std::string_view why) {
  const instant at = memo.last.value_or(action.intended);
  return unknown_effect("the bulk replay \"" + action.key + "\" may or may not have been made (" + std::string(why) +
                        "); look for one of " + std::to_string(action.items) + " runs made after " + text::iso(at));
}

effect with_memo(effect out, const replay_memo& memo) {
  out.memo = memo.text();
  return out;
}

effect still_waiting(const replay_memo& memo) {
  effect out;
  out.state = effect_state::waiting;
  out.makes_room = memo.ended.has_value();
  return out;
}

struct listed_runs {
  run_tally tally;
  std::string task;                // of one that waits for a version
  std::vector<std::string> going;  // ids
};

void take_runs(listed_runs& into, const api::run_page& page) {
  for (const auto& run : page.runs) {
    into.tally.add(run);
    if (run.phase() == api::run_phase::waiting_for_version) into.task = run.task;
    if (!run.ended()) into.going.push_back(run.id);
  }
}

// A group has at most 500 runs, so the pages are few; a list that does not end is as good as none.
task<api::answer<listed_runs>> list_new_runs(std::string bulk, target::access by) {
  listed_runs out;
  api::run_filter filter;
  filter.bulk_action = std::move(bulk);
  filter.page_size = limits::list_page_size;
  std::set<std::string> cursors;
  for (;;) {
    auto asked = api::list_runs(filter);
    const auto page = co_await by.send(std::move(asked));
    if (!page) co_return page.error();
    take_runs(out, *page);
    if (page->next.empty() || !cursors.insert(page->next).second) co_return out;
    if (cursors.size() > limits::bulk_run_ids / limits::list_page_size + 1) co_return out;
    filter.after = page->next;
  }
}

// Cancelling is idempotent, so that its own fate does not matter; what is still going is reported either way.
task<> cancel_runs(std::vector<std::string> runs, std::string name, target::access by) {
  if (runs.empty()) co_return;
  auto asked = api::create_bulk_action(api::bulk_kind::cancel, runs, name);
  co_await by.send(std::move(asked));
}

}  // namespace

task<effect> apply_group(const kind_world& world, store::action_row action, action_body body, target::access by) {
  const std::vector<std::string> ids = ids_of(body);
  if (ids.empty()) co_return broken_body();
  replay_memo memo = replay_memo::read(action.memo);
  const instant sent = world.clock.now();
  auto asked = api::create_bulk_action(api::bulk_kind::replay, ids, action.key);
  const auto made = co_await by.send(std::move(asked));
  if (made) {
    memo.last = sent;
    effect out = still_waiting(memo);
    out.run = made->id;
    co_return with_memo(std::move(out), memo);
  }
  const api::failure& why = made.error();
  if (why.status == 429) {  // also with x-should-retry: false, which here means "three are running"
    effect out;
    out.state = effect_state::again;
    out.free_retry = true;
    out.why = why;
    out.why->kind = api::failure_kind::throttled;
    if (!out.why->wait) out.why->wait = limits::bulk_cap_wait;
    co_return out;
  }
  effect out = effect_of(why);
  out.drop_body = false;
  if (out.state != effect_state::doubtful) co_return out;
  memo.last = sent;
  if (!memo.first) memo.first = sent;
  co_return with_memo(std::move(out), memo);
}

task<effect> resolve_group(const kind_world& world, store::action_row action, instant started, target::access by) {
  if (mutated(mutation::bulk_sent_again)) {
    effect again;
    again.state = effect_state::again;
    co_return again;
  }
  replay_memo memo = replay_memo::read(action.memo);
  bulk_search search(action, memo.first.value_or(action.intended));
  bulk_search::verdict verdict = bulk_search::verdict::more;
  while (verdict == bulk_search::verdict::more) {
    auto asked = api::list_bulk_actions(limits::list_page_size, search.next());
    const auto page = co_await by.send(std::move(asked));
    if (!page) {
      if (page.error().kind == api::failure_kind::refused)
        co_return lost(action, memo, "the list of bulk actions is refused: " + page.error().what.message);
      effect out;
      out.state = effect_state::pending;
      out.why = page.error();
      co_return out;
    }
    verdict = search.take(*page);
  }
  effect out;
  switch (verdict) {
    case bulk_search::verdict::found:
      if (!memo.last) memo.last = world.clock.now();
      out = still_waiting(memo);
      out.run = search.found();
      co_return with_memo(std::move(out), memo);
    case bulk_search::verdict::absent: {
      // Not believed at once: what was made a moment ago may not show yet. Also not what an earlier process had on the
      // wire when it died, of which no memo tells.
      const instant sent = std::max(memo.last.value_or(started), started);
      const bool early = world.clock.now() < sent + limits::list_lag;
      out.state = early ? effect_state::pending : effect_state::again;
      co_return out;
    }
    case bulk_search::verdict::more:
    case bulk_search::verdict::untold: break;
  }
  co_return lost(action, memo, "the server shows no names, or more bulk actions than were looked at");
}

task<std::optional<effect>> observe_group(const kind_world& world, const leg_view& leg, store::action_row action,
                                          bool list_runs, target::access by) {
  replay_memo memo = replay_memo::read(action.memo);
  const instant now = world.clock.now();
  const bool overdue = waited_too_long(leg, memo, now);
  bool changed = false;
  if (!memo.ended) {
    auto asked = api::retrieve_bulk_action(action.run);
    const auto seen = co_await by.send(std::move(asked));
    if (!seen) {
      if (seen.error().kind != api::failure_kind::refused) co_return std::nullopt;
      co_return unknown_effect("what came of " + action.run + " cannot be read: " + seen.error().what.describe());
    }
    if (seen->ended()) {
      memo.ended = now;
      memo.success = seen->success;
      memo.failure = seen->failure;
      changed = true;
      if (!memo.watch) co_return group_effect(leg, action, memo, std::nullopt);
    } else if (!overdue) {
      co_return std::nullopt;
    }
  }
  effect out = still_waiting(memo);
  if (list_runs || overdue) {
    std::string bulk = action.run;
    const auto runs = co_await list_new_runs(std::move(bulk), by);
    if (!runs && runs.error().kind == api::failure_kind::refused)
      co_return unknown_effect("the new runs of " + action.run + " cannot be listed: " + runs.error().what.describe());
    if (runs && memo.ended && runs->tally.going == 0) {
      const bool all = runs->tally.seen >= memo.success;
      if (all || now - *memo.ended >= limits::list_gives_up) co_return group_effect(leg, action, memo, runs->tally);
    }
    if (runs && overdue) {
      const effect late = timeout_effect(leg, action, memo, runs->tally);
      std::vector<std::string> going = runs->going;
      std::string name = action.key + ":cancel";
      if (leg.job.wait.cancel_on_timeout) co_await cancel_runs(std::move(going), std::move(name), by);
      co_return late;
    }
    if (runs && runs->tally.versionless > 0 && !memo.noticed && memo.ended &&
        now - *memo.ended >= limits::pending_version_notice) {
      memo.noticed = changed = true;
      out.notice = std::to_string(runs->tally.versionless) + " replayed runs of " + action.run +
                   " wait for a version that has the task \"" + text::printable(runs->task, 80) + "\"";
    }
  }
  if (changed) out.memo = memo.text();
  if (!changed && !out.makes_room) co_return std::nullopt;
  co_return out;
}

}  // namespace triggerd::job
