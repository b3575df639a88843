#include "client/retry.hpp"

#include <algorithm>
#include <cmath>

namespace triggerd::client {

namespace {

constexpr std::uint64_t spread_ms = 1'000;  // over which the callers of one budget come back after a 429

retry_policy over(retry_policy usual, const retry_settings& set) {
  usual.attempts = set.attempts.value_or(usual.attempts);
  usual.first = set.first.value_or(usual.first);
  usual.factor = set.factor.value_or(usual.factor);
  usual.most = set.most.value_or(usual.most);
  usual.randomize = set.randomize.value_or(usual.randomize);
  usual.repeat_ambiguous = set.repeat_ambiguous.value_or(usual.repeat_ambiguous);
  usual.repeat_conflicts = set.repeat_conflicts.value_or(usual.repeat_conflicts);
  return usual;
}

std::optional<milliseconds> after_429(const retry_policy& policy, int attempt, const api::failure& f,
                                      random_source& random) {
  if (!f.wait) return backoff(policy, attempt, random);
  return std::min<milliseconds>(*f.wait, policy.most_asked) +
         milliseconds(static_cast<std::int64_t>(random.below(spread_ms)));
}

bool worth_repeating(const retry_policy& policy, const api::call& what, const api::failure& f) {
  if (f.kind == api::failure_kind::not_sent) return true;
  if (f.kind == api::failure_kind::ambiguous) return policy.repeat_ambiguous;
  if (f.kind == api::failure_kind::transient) return f.status != 500 || !what.server_fault_is_final;
  return f.status == 409 && policy.repeat_conflicts;
}

}  // namespace

retry_settings retry_settings::with(const retry_settings& inner) const {
  retry_settings both = *this;
  if (inner.attempts) both.attempts = inner.attempts;
  if (inner.first) both.first = inner.first;
  if (inner.factor) both.factor = inner.factor;
  if (inner.most) both.most = inner.most;
  if (inner.randomize) both.randomize = inner.randomize;
  if (inner.repeat_ambiguous) both.repeat_ambiguous = inner.repeat_ambiguous;
  if (inner.repeat_conflicts) both.repeat_conflicts = inner.repeat_conflicts;
  return both;
}

retry_policy for_calls(const retry_settings& set) { return over({}, set); }

retry_policy for_batch_items(const retry_settings& set) {
  retry_policy usual;
  usual.factor = 2;
  usual.randomize = true;
  return over(usual, set);
}

// The same bytes at the same place: always worth repeating.
retry_policy for_packets(const retry_settings& set) {
  retry_policy policy;
  policy.first = milliseconds(500);
  policy.factor = 2;
  policy.most = milliseconds(5'000);
  policy.randomize = true;
  policy.repeat_ambiguous = true;
  policy.attempts = set.attempts.value_or(policy.attempts);
  return policy;
}

milliseconds backoff(const retry_policy& policy, int attempt, random_source& random) {
  const double r = policy.randomize ? 1.0 + random.unit() : 1.0;
  const double wanted = r * static_cast<double>(policy.first.count()) * std::pow(policy.factor, attempt - 1);
  return milliseconds(std::llround(std::min(wanted, static_cast<double>(policy.most.count()))));
}

std::optional<milliseconds> next_attempt(const retry_policy& policy, const api::call& what, int attempt,
                                         const api::failure& f, random_source& random) {
  const bool over = attempt >= policy.attempts || what.endpoint->style == spec::exchange_style::once;
  if (over || f.should_retry == false) return std::nullopt;
  const bool told = f.should_retry == true && (f.kind != api::failure_kind::ambiguous || policy.repeat_ambiguous);
  if (told) return backoff(policy, attempt, random);
  if (f.kind == api::failure_kind::throttled) return after_429(policy, attempt, f, random);
  if (!worth_repeating(policy, what, f)) return std::nullopt;
  const auto wait = backoff(policy, attempt, random);
  return wait > milliseconds(0) ? std::optional(wait) : std::nullopt;
}

}  // namespace triggerd::client
