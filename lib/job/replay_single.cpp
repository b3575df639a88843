#include "job/replay_single.hpp"

#include "api/runs.hpp"
#include "base/limits.hpp"
#include "base/mutation.hpp"
#include "base/text.hpp"
#include "job/codes.hpp"
#include "job/replay_history.hpp"
#include "job/replay_outcome.hpp"

#include <map>

namespace triggerd::job {

namespace {

constexpr milliseconds turn_length{1'000};

using found_runs = std::map<std::string, api::run_view, std::less<>>;

// Runs that ended since the oldest replay, as far as a few pages show them. A list may lag, but what it shows as ended
// has ended.
task<found_runs> list_ended(instant since, std::size_t wanted, target::access by) {
  found_runs out;
  api::run_filter filter;
  filter.status = std::vector<std::string>();
  for (const char* status : {"COMPLETED", "CANCELED", "FAILED", "CRASHED", "SYSTEM_FAILURE", "EXPIRED", "TIMED_OUT"})
    filter.status.push_back(status);
  filter.from = since;
  filter.page_size = limits::list_page_size;
  for (std::size_t i = 0; i < limits::run_look_pages && out.size() < wanted; ++i) {
    auto asked = api::list_runs(filter);
    const auto page = co_await by.send(std::move(asked));
    if (!page) break;
    for (const auto& run : page->runs)
      if (run.ended()) out.emplace(run.id, run);
    if (page->next.empty() || page->next == filter.after) break;
    filter.after = page->next;
  }
  co_return out;
}

effect not_readable(const leg_view& leg, const store::action_row& action, const api::failure& why) {
  std::string words = "replayed as " + action.run + ", which cannot be read: " + why.what.describe();
  if (leg.job.wait.until != spec::wait_spec::goal::none) return unknown_effect(std::move(words));
  effect out;
  out.note = std::move(words);
  out.items_ok = 1;
  return out;
}

// A run that was just made may be missing for a moment.
bool too_young(const replay_memo& memo, instant now) { return !memo.last || now - *memo.last < limits::list_gives_up; }

std::string version_notice(const store::action_row& action, const api::run_view& run) {
  return "the replayed run " + action.run + " waits for a version that has the task \"" +
         text::printable(run.task, 80) + "\"";
}

// What one retrieved run tells; nullopt: nothing new.
std::optional<effect> look_at(const leg_view& leg, const store::action_row& action,
                              const api::answer<api::run_view>& seen, instant now) {
  replay_memo memo = replay_memo::read(action.memo);
  if (!seen) {
    const bool gone = seen.error().kind == api::failure_kind::refused || seen.error().status == 404;
    if (!gone || too_young(memo, now)) return std::nullopt;
    return not_readable(leg, action, seen.error());
  }
  if (seen->ended()) return single_effect(leg, action, *seen);
  const bool stuck = seen->phase() == api::run_phase::waiting_for_version;
  if (!stuck || memo.noticed || !memo.last || now - *memo.last < limits::pending_version_notice) return std::nullopt;
  memo.noticed = true;
  effect out;
  out.state = effect_state::waiting;
  out.memo = memo.text();
  out.notice = version_notice(action, *seen);
  return out;
}

}  // namespace

task<effect> apply_single(const kind_world& world, store::action_row action, target::access by) {
  replay_memo memo = replay_memo::read(action.memo);
  memo.last = world.clock.now();
  auto asked = api::replay_run(action.subject);
  const auto made = co_await by.send(std::move(asked));
  if (!made) {
    effect out = effect_of(made.error());
    if (out.state == effect_state::doubtful) out.memo = memo.text();
    co_return out;
  }
  effect out;
  out.run = made->run;
  out.memo = memo.text();
  out.note = "replayed as " + made->run;
  if (memo.watch) out.state = effect_state::waiting;
  else out.items_ok = 1;
  co_return out;
}

effect resolve_single(const store::action_row& action) {
  if (mutated(mutation::replay_sent_again)) {
    effect again;
    again.state = effect_state::again;
    return again;
  }
  const instant at = replay_memo::read(action.memo).last.value_or(action.intended);
  return unknown_effect("the replay of " + action.subject +
                        " may or may not have made a run; look for a run of the same "
                        "task and payload made after " +
                        text::iso(at));
}

task<std::vector<observed::settled>> observe_singles(const kind_world& world, const leg_view& leg,
                                                     std::vector<store::action_row> waiting, target::access by) {
  std::vector<observed::settled> out;
  const instant now = world.clock.now();
  if (waiting.size() > limits::run_looks) {
    instant oldest = now;
    for (const auto& action : waiting)
      oldest = std::min(oldest, replay_memo::read(action.memo).last.value_or(action.intended));
    const found_runs ended = co_await list_ended(oldest - limits::clock_difference, limits::waiting_actions, by);
    std::erase_if(waiting, [&](const store::action_row& action) {
      const auto run = ended.find(action.run);
      if (run == ended.end()) return false;
      out.push_back({action.number, single_effect(leg, action, run->second)});
      return true;
    });
  }
  // In turn, so that a few that never end do not hide the others; the clock says whose turn it is.
  const std::size_t turn = static_cast<std::size_t>(now.time_since_epoch() / turn_length) * limits::run_looks;
  const std::size_t looks = std::min(waiting.size(), limits::run_looks);
  for (std::size_t i = 0; i < looks; ++i) {
    const store::action_row& action = waiting[(turn + i) % waiting.size()];
    auto asked = api::retrieve_run(action.run);
    const auto seen = co_await by.send(std::move(asked));
    if (auto became = look_at(leg, action, seen, now)) out.push_back({action.number, std::move(*became)});
  }
  for (const store::action_row& action : waiting) {
    const replay_memo memo = replay_memo::read(action.memo);
    const bool settled = std::any_of(out.begin(), out.end(), [&](const auto& one) {
      return one.number == action.number && one.what.state != effect_state::waiting;
    });
    if (settled || !waited_too_long(leg, memo, now)) continue;
    if (leg.job.wait.cancel_on_timeout) {
      auto asked = api::cancel_run(action.run);
      co_await by.send(std::move(asked));
    }
    run_tally going;
    going.going = 1;
    effect late = timeout_effect(leg, action, memo, going);
    std::erase_if(out, [&](const auto& one) { return one.number == action.number; });
    out.push_back({action.number, std::move(late)});
  }
  co_return out;
}

}  // namespace triggerd::job
