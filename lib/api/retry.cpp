#include "api/retry.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace triggerd::api {

namespace {

constexpr std::uint64_t spread_ms = 1'000;  // over which the callers of one budget come back after a 429

}  // namespace

milliseconds backoff(const spec::retry_spec& policy, int attempt, random_source& random) {
  milliseconds bound = policy.backoff_first;
  for (int i = 1; i < attempt && bound < policy.backoff_most; ++i) bound *= 2;
  bound = std::max(milliseconds(0), std::min(bound, policy.backoff_most));
  if (!policy.jitter) return bound;
  return milliseconds(static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(bound.count()) + 1)));
}

std::optional<milliseconds> next_attempt(const spec::retry_spec& policy, int attempt, const failure& f,
                                         random_source& random) {
  if (attempt >= policy.attempts) return std::nullopt;
  switch (f.kind) {
    case failure_kind::refused:
    case failure_kind::credential:
    case failure_kind::ambiguous: return std::nullopt;
    case failure_kind::not_sent: return backoff(policy, attempt, random);
    case failure_kind::transient:
      if (f.should_retry == false) return std::nullopt;
      return backoff(policy, attempt, random);
    case failure_kind::throttled: break;
  }
  // The bulk cap says x-should-retry: false, yet waiting is all it takes.
  if (!f.wait) return backoff(policy, attempt, random);
  const milliseconds asked = std::min<milliseconds>(*f.wait, limits::rate_wait);
  return asked + milliseconds(static_cast<std::int64_t>(random.below(spread_ms)));
}

}  // namespace triggerd::api
