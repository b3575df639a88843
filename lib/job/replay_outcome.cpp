#include "job/replay_outcome.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "job/codes.hpp"

#include <algorithm>

namespace triggerd::job {

namespace {

constexpr milliseconds soonest{1'000};
constexpr milliseconds latest{15'000};

std::string of(std::uint64_t part, std::uint64_t whole) {
  return std::to_string(part) + " of " + std::to_string(whole);
}

bool waits(const leg_view& leg) { return leg.job.wait.until != spec::wait_spec::goal::none; }

std::string tally_words(const run_tally& runs) {
  std::string words = std::to_string(runs.succeeded) + " succeeded";
  if (runs.failed > 0) words += ", " + std::to_string(runs.failed) + " did not";
  return words;
}

}  // namespace

void run_tally::add(const api::run_view& run) {
  ++seen;
  switch (run.phase()) {
    case api::run_phase::succeeded: ++succeeded; break;
    case api::run_phase::failed:
    case api::run_phase::cancelled: ++failed; break;
    case api::run_phase::waiting_for_version: ++versionless; [[fallthrough]];
    case api::run_phase::going_on: ++going; break;
  }
}

milliseconds replay_interval(milliseconds age) { return std::clamp(age / 10, soonest, latest); }

bool waited_too_long(const leg_view& leg, const replay_memo& memo, instant now) {
  return waits(leg) && leg.job.wait.timeout && memo.last && now - *memo.last >= *leg.job.wait.timeout;
}

effect unknown_effect(std::string note) {
  effect out;
  out.state = effect_state::unknown;
  out.code = std::string(codes::unknown_effect.name);
  out.note = std::move(note);
  return out;
}

// The ids of a group stay in its body: they are the only record of which runs it held, for people and for a later
// attempt of the fire.
effect group_effect(const leg_view& leg, const store::action_row& action, const replay_memo& memo,
                    const std::optional<run_tally>& runs) {
  const std::uint64_t made = std::min(memo.success, action.items);
  const std::uint64_t lost = action.items - made;
  const std::uint64_t unseen = runs && runs->seen < made ? made - runs->seen : 0;
  effect out;
  std::string words = std::to_string(made) + " replayed";
  if (runs) words += ": " + tally_words(*runs);
  if (unseen > 0) words += "; " + std::to_string(unseen) + " new runs never showed in the list";
  if (lost > 0) words = of(lost, action.items) + " could not be replayed; which ones the server does not say; " + words;
  if (lost > 0 || (unseen > 0 && waits(leg))) out = unknown_effect(std::move(words));
  else out.note = std::move(words);
  out.items_ok = runs && waits(leg) ? runs->succeeded : made;
  out.items_bad = lost + (runs && waits(leg) ? runs->failed + unseen : 0);
  out.memo = memo.text();
  return out;
}

effect single_effect(const leg_view& leg, const store::action_row& action, const api::run_view& run) {
  const bool well = run.phase() == api::run_phase::succeeded;
  effect out;
  out.note = "replayed as " + action.run + ", which is " + text::lower(run.status);
  if (!well && !run.error_text.empty()) *out.note += ": " + run.error_text;
  out.items_ok = well || !waits(leg) ? 1 : 0;
  out.items_bad = 1 - out.items_ok;
  if (well || leg.job.wait.until != spec::wait_spec::goal::success) return out;
  out.state = effect_state::failed;
  out.code = std::string(codes::run_failed.name);
  return out;
}

effect timeout_effect(const leg_view& leg, const store::action_row& action, const replay_memo& memo,
                      const run_tally& runs) {
  effect out;
  out.state = effect_state::failed;
  out.code = std::string(codes::wait_timeout.name);
  const std::uint64_t ended = std::min(runs.succeeded + runs.failed, action.items);
  out.note = of(action.items - ended, action.items) + " replayed runs did not end within " +
             text::show(*leg.job.wait.timeout) + "; " + tally_words(runs);
  if (leg.job.wait.cancel_on_timeout) *out.note += "; what still went was cancelled";
  out.items_ok = std::min(runs.succeeded, action.items);
  out.items_bad = action.items - out.items_ok;
  out.memo = memo.text();
  return out;
}

}  // namespace triggerd::job
