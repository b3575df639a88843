#include "client/retry.hpp"

#include "unit/client/bench.hpp"

using namespace triggerd;
using namespace triggerd::client;
using namespace triggerd::client::test;
using api::failure_kind;

namespace {

api::failure failed(failure_kind kind, int status, std::optional<bool> should_retry = {}) {
  api::failure f;
  f.kind = kind;
  f.status = status;
  f.should_retry = should_retry;
  return f;
}

retry_policy bold() { return for_calls({.repeat_ambiguous = true, .repeat_conflicts = true}); }

std::optional<milliseconds> next(const retry_policy& policy, const api::failure& f, int attempt = 1,
                                 const api::call& what = reading()) {
  seeded_random random(1);
  return next_attempt(policy, what, attempt, f, random);
}

}  // namespace

TEST_CASE("the waits are those of the official client") {
  const api::failure down = failed(failure_kind::transient, 500);
  const retry_policy policy;
  CHECK(next(policy, down, 1) == milliseconds(1000));
  CHECK(next(policy, down, 2) == milliseconds(1600));
  CHECK(next(policy, down, 3) == milliseconds(2560));
  CHECK(next(policy, down, 4) == milliseconds(4096));
  CHECK_FALSE(next(policy, down, 5).has_value());

  retry_policy patient;
  patient.attempts = 50;
  CHECK(next(patient, down, 40) == milliseconds(30'000));

  retry_policy at_once;
  at_once.first = milliseconds(0);
  CHECK_FALSE(next(at_once, down).has_value());
}

TEST_CASE("random waits lie between once and twice the plain one") {
  retry_policy policy;
  policy.randomize = true;
  seeded_random random(7);
  bool spread = false;
  for (int i = 0; i < 200; ++i) {
    const auto wait = backoff(policy, 2, random);
    CHECK(wait >= milliseconds(1600));
    CHECK(wait < milliseconds(3200));
    spread = spread || wait > milliseconds(2400);
  }
  CHECK(spread);
}

TEST_CASE("the server's word on repeating comes before the status") {
  CHECK(next({}, failed(failure_kind::refused, 404, true)) == milliseconds(1000));
  CHECK_FALSE(next({}, failed(failure_kind::transient, 503, false)).has_value());
  CHECK_FALSE(next({}, failed(failure_kind::throttled, 429, false)).has_value());
}

TEST_CASE("what is final, and what is not") {
  CHECK(next({}, failed(failure_kind::not_sent, 0)).has_value());
  CHECK(next({}, failed(failure_kind::transient, 408)).has_value());
  for (const int status : {400, 401, 403, 404, 413, 422})
    CHECK_FALSE(next({}, failed(failure_kind::refused, status)).has_value());
  CHECK_FALSE(next({}, failed(failure_kind::credential, 401)).has_value());

  CHECK_FALSE(next({}, failed(failure_kind::refused, 409)).has_value());
  CHECK(next(bold(), failed(failure_kind::refused, 409)).has_value());
  CHECK_FALSE(next({}, failed(failure_kind::ambiguous, 0)).has_value());
  CHECK_FALSE(next({}, failed(failure_kind::ambiguous, 502, true)).has_value());
  CHECK(next(bold(), failed(failure_kind::ambiguous, 502)).has_value());

  api::call locked = triggering();
  locked.server_fault_is_final = true;
  CHECK_FALSE(next({}, failed(failure_kind::transient, 500), 1, locked).has_value());
  CHECK(next({}, failed(failure_kind::transient, 503), 1, locked).has_value());

  api::call report = reading();
  report.endpoint = spec::find_endpoint("reports.get");
  CHECK_FALSE(next({}, failed(failure_kind::transient, 503), 1, report).has_value());
}

TEST_CASE("a 429 is waited for as long as it asks, within the bound, and a little longer") {
  api::failure full = failed(failure_kind::throttled, 429);
  CHECK(next({}, full) == milliseconds(1000));
  full.wait = milliseconds(60'000);
  const auto wait = next({}, full);
  REQUIRE(wait.has_value());
  CHECK(*wait >= milliseconds(60'000));
  CHECK(*wait < milliseconds(61'000));
  full.wait = std::chrono::hours(24);
  CHECK(next({}, full).value() < limits::rate_wait + milliseconds(1'000));
  CHECK_FALSE(next({}, full, 5).has_value());
}

TEST_CASE("items and packets have waits of their own") {
  const auto items = for_batch_items({});
  CHECK(items.factor == 2);
  CHECK(items.randomize);
  CHECK(items.attempts == 5);
  const auto packets = for_packets({});
  CHECK(packets.first == milliseconds(500));
  CHECK(packets.most == milliseconds(5'000));
  CHECK(for_packets({.attempts = 1}).attempts == 1);
  const auto set = for_batch_items({.attempts = 3, .first = milliseconds(50), .randomize = false});
  CHECK(set.attempts == 3);
  CHECK(set.first == milliseconds(50));
  CHECK(set.factor == 2);
  CHECK_FALSE(set.randomize);
}

TEST_CASE("settings compose field by field") {
  const retry_settings both = retry_settings{.attempts = 3, .factor = 2.0}.with({.attempts = 7, .randomize = true});
  CHECK(both == retry_settings{.attempts = 7, .factor = 2.0, .randomize = true});
  CHECK(for_calls(both).attempts == 7);
  CHECK(for_calls(both).first == milliseconds(1'000));
}
