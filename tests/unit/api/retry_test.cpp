#include "api/retry.hpp"

#include "base/limits.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace triggerd;
using namespace triggerd::api;

namespace {

failure of_kind(failure_kind kind) {
  failure f;
  f.kind = kind;
  return f;
}

spec::retry_spec exact() {
  spec::retry_spec policy;
  policy.attempts = 10;
  policy.backoff_first = milliseconds(500);
  policy.backoff_most = milliseconds(3'000);
  policy.jitter = false;
  return policy;
}

}  // namespace

TEST_CASE("without jitter the wait doubles up to its bound") {
  seeded_random random(1);
  const int expected[] = {500, 1'000, 2'000, 3'000, 3'000};
  for (int attempt = 1; attempt <= 5; ++attempt)
    CHECK(backoff(exact(), attempt, random) == milliseconds(expected[attempt - 1]));
}

TEST_CASE("odd policies stay within their bounds") {
  seeded_random random(1);
  auto policy = exact();
  policy.backoff_first = milliseconds(10'000);
  CHECK(backoff(policy, 1, random) == milliseconds(3'000));
  policy.backoff_first = milliseconds(0);
  CHECK(backoff(policy, 100, random) == milliseconds(0));
  policy.backoff_first = milliseconds(-5);
  CHECK(backoff(policy, 3, random) == milliseconds(0));
  policy.backoff_first = milliseconds(1);
  policy.backoff_most = milliseconds(INT64_MAX / 4);
  CHECK(backoff(policy, 100, random) == policy.backoff_most);
}

TEST_CASE("full jitter spreads over the whole bound, both ends included") {
  seeded_random random(7);
  auto policy = exact();
  policy.jitter = true;
  policy.backoff_first = milliseconds(3);
  std::set<std::int64_t> seen;
  for (int i = 0; i < 500; ++i) seen.insert(backoff(policy, 1, random).count());
  CHECK(seen == std::set<std::int64_t>{0, 1, 2, 3});
}

TEST_CASE("nothing is repeated that is final or in doubt") {
  seeded_random random(1);
  for (const auto kind : {failure_kind::refused, failure_kind::credential, failure_kind::ambiguous}) {
    auto f = of_kind(kind);
    CHECK_FALSE(next_attempt(exact(), 1, f, random).has_value());
    f.should_retry = true;
    CHECK_FALSE(next_attempt(exact(), 1, f, random).has_value());
  }
}

TEST_CASE("what was not sent, and what is transient, backs off") {
  seeded_random random(1);
  CHECK(next_attempt(exact(), 2, of_kind(failure_kind::not_sent), random) == milliseconds(1'000));
  CHECK(next_attempt(exact(), 2, of_kind(failure_kind::transient), random) == milliseconds(1'000));
  auto told = of_kind(failure_kind::transient);
  told.should_retry = true;
  CHECK(next_attempt(exact(), 1, told, random) == milliseconds(500));
  told.should_retry = false;
  CHECK_FALSE(next_attempt(exact(), 1, told, random).has_value());
}

TEST_CASE("attempts are counted with the first") {
  seeded_random random(1);
  auto policy = exact();
  policy.attempts = 3;
  for (const auto kind : {failure_kind::not_sent, failure_kind::transient, failure_kind::throttled}) {
    CHECK(next_attempt(policy, 2, of_kind(kind), random).has_value());
    CHECK_FALSE(next_attempt(policy, 3, of_kind(kind), random).has_value());
    CHECK_FALSE(next_attempt(policy, 4, of_kind(kind), random).has_value());
  }
  policy.attempts = 1;
  CHECK_FALSE(next_attempt(policy, 1, of_kind(failure_kind::not_sent), random).has_value());
}

TEST_CASE("a throttled call waits what the server asked, spread and bounded") {
  seeded_random random(3);
  auto f = of_kind(failure_kind::throttled);
  f.wait = milliseconds(40'000);  // beyond backoff_most: the server knows better
  std::set<std::int64_t> seen;
  for (int i = 0; i < 200; ++i) {
    const auto wait = next_attempt(exact(), 1, f, random);
    REQUIRE(wait.has_value());
    CHECK(*wait >= milliseconds(40'000));
    CHECK(*wait < milliseconds(41'000));
    seen.insert(wait->count());
  }
  CHECK(seen.size() > 100);
  f.wait = std::chrono::hours(24 * 365);
  CHECK(*next_attempt(exact(), 1, f, random) < limits::rate_wait + seconds(1));
  f.wait = std::nullopt;
  CHECK(next_attempt(exact(), 3, f, random) == milliseconds(2'000));
}

TEST_CASE("the cap of bulk replays is waited out although it says not to try again") {
  seeded_random random(1);
  auto f = of_kind(failure_kind::throttled);
  f.should_retry = false;
  CHECK(next_attempt(exact(), 1, f, random) == milliseconds(500));
}
