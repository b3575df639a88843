// What a replay's new runs came to, in the words of effects. Pure.
#pragma once

#include "api/runs.hpp"
#include "job/kind.hpp"
#include "job/replay_memo.hpp"

#include <string>

namespace triggerd::job {

struct run_tally {
  std::uint64_t seen = 0;
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;  // or cancelled
  std::uint64_t going = 0;
  std::uint64_t versionless = 0;  // of those going: waiting for a version
  void add(const api::run_view& run);
};

// How long to leave something alone that has gone on for so long: often when it is young.
milliseconds replay_interval(milliseconds age);

bool waited_too_long(const leg_view& leg, const replay_memo& memo, instant now);

// A bulk action has ended and its new runs too, or they are not watched (nullopt).
effect group_effect(const leg_view& leg, const store::action_row& action, const replay_memo& memo,
                    const std::optional<run_tally>& runs);
// The new run of a single replay has ended.
effect single_effect(const leg_view& leg, const store::action_row& action, const api::run_view& run);
// Not all new runs ended within wait.timeout.
effect timeout_effect(const leg_view& leg, const store::action_row& action, const replay_memo& memo,
                      const run_tally& runs);
effect unknown_effect(std::string note);

}  // namespace triggerd::job
