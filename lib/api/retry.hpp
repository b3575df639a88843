// How long to wait before the next attempt, and whether there is one. Pure: no clock, no sleeping.
#pragma once

#include "api/failure.hpp"
#include "base/random.hpp"
#include "spec/target_spec.hpp"

#include <optional>

namespace triggerd::api {

// Exponential backoff with full jitter: uniform in [0, min(most, first * 2^(attempt-1))], or the bound itself without
// jitter. `attempt` is the one that just ended, from 1.
milliseconds backoff(const spec::retry_spec& policy, int attempt, random_source& random);

// The wait before the next attempt after attempt number `attempt` ended in `f`; nullopt: give up. Refused, ambiguous and
// what the server calls final (x-should-retry: false) never repeat here; throttled waits what the server asked, bounded
// by limits::rate_wait, plus up to a second of jitter.
std::optional<milliseconds> next_attempt(const spec::retry_spec& policy, int attempt, const failure& f,
                                         random_source& random);

}  // namespace triggerd::api
