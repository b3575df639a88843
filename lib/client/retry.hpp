// When a call of the stand-alone library is made again (contract API.md 5). Pure: no clock, no sleeping. The daemon does
// not use this: its engine repeats, under its own policy.
//
// The numbers are the official client's. On purpose we differ in four points: a 409 is final, because nothing but a
// change of ours can mend it; a mutation that may have had its effect and carries no key is not repeated, because the
// server would make a second run; the wait that a 429 asks for is bounded; and Retry-After and resets in seconds are
// understood. The first two can be switched on.
#pragma once

#include "api/failure.hpp"
#include "base/limits.hpp"
#include "base/random.hpp"

#include <optional>

namespace triggerd::client {

// What somebody set; the rest is the default of each kind of call.
struct retry_settings {
  std::optional<int> attempts = {};           // first included; 1: never repeat
  std::optional<milliseconds> first = {};     // wait after the first attempt
  std::optional<double> factor = {};          // from one wait to the next
  std::optional<milliseconds> most = {};      // bound of a wait, but for what a 429 asks
  std::optional<bool> randomize = {};         // every wait times a number in [1, 2)
  std::optional<bool> repeat_ambiguous = {};  // also what may have had its effect
  std::optional<bool> repeat_conflicts = {};  // also after a 409

  retry_settings with(const retry_settings& inner) const;  // field by field, the inner ones win
  friend bool operator==(const retry_settings&, const retry_settings&) = default;
};

struct retry_policy {
  int attempts = 5;
  milliseconds first{1'000};
  double factor = 1.6;
  milliseconds most{30'000};
  bool randomize = false;
  bool repeat_ambiguous = false;
  bool repeat_conflicts = false;
  milliseconds most_asked = limits::rate_wait;  // bound of what a 429 may ask for
};
retry_policy for_calls(const retry_settings& set);
// Of a stream of batch items: it is repeated whole, and the server drops what it has (contract API.md 5.4).
retry_policy for_batch_items(const retry_settings& set);
// Of the object store's presigned addresses.
retry_policy for_packets(const retry_settings& set);

// round(min(most, r * first * factor^(attempt-1))); `attempt` is the one that just ended, from 1.
milliseconds backoff(const retry_policy& policy, int attempt, random_source& random);

// The wait before the next attempt, after attempt number `attempt` of `what` ended in `f`; nullopt: give up.
std::optional<milliseconds> next_attempt(const retry_policy& policy, const api::call& what, int attempt,
                                         const api::failure& f, random_source& random);

}  // namespace triggerd::client
