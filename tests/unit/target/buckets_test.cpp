#include "queue_bench.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using spec::rate_limiter;

namespace {

spec::limit_spec per_second(std::uint64_t count, std::uint32_t burst) {
  spec::limit_spec out;
  out.requests = spec::rate{count, seconds(1)};
  out.burst = burst;
  return out;
}

// How many requests leave at once.
int burst_of(const target::share& of, const triggerd::clock& time) {
  target::meter& its = of.payer()->of(rate_limiter::api);
  int count = 0;
  while (count < 1'000 && its.ask(1, time.steady()).now) {
    its.take(1, time.steady());
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("members of one subject draw from the same meter, and each limiter has its own") {
  test::queue_bench bench;
  const auto a = bench.join("k"), b = bench.join("k"), other = bench.join("l");
  CHECK(a->payer() == b->payer());
  CHECK(a->payer() != other->payer());
  CHECK(&a->payer()->of(rate_limiter::api) != &a->payer()->of(rate_limiter::management));
  CHECK(&a->payer()->of(rate_limiter::api) != &a->payer()->of(rate_limiter::batch_runs));
}

TEST_CASE("a meter is there once it was asked for, with the ceiling of those who joined before") {
  test::queue_bench bench;
  const auto a = bench.join("k", per_second(100, 50)), b = bench.join("k", per_second(1, 5));
  CHECK(a->payer()->used(rate_limiter::api) == nullptr);
  CHECK(burst_of(*a, bench.time) == 5);
  CHECK(a->payer()->used(rate_limiter::api) == &b->payer()->of(rate_limiter::api));
  CHECK(a->payer()->used(rate_limiter::management) == nullptr);
}

TEST_CASE("the smallest ceiling of the members holds, until its member leaves") {
  test::queue_bench bench;
  const auto wide = bench.join("k", per_second(100, 50));
  auto narrow = bench.join("k", per_second(1, 5));
  CHECK(burst_of(*wide, bench.time) == 5);
  narrow.reset();
  CHECK(burst_of(*wide, bench.time) > 5);
}

TEST_CASE("two keys that turn out to open one environment become one subject") {
  test::queue_bench bench;
  const auto a = bench.join("key a"), b = bench.join("key b");
  CHECK_FALSE(bench.pools.prove(*a, "environment").has_value());
  bench.tell(*b, 40, seconds(10));
  const auto merged = bench.pools.prove(*b, "environment");
  REQUIRE(merged.has_value());
  CHECK(merged->stays == a->payer()->number());
  CHECK(a->payer() == b->payer());
  CHECK(a->payer()->of(rate_limiter::api).told()->remaining == 40);
  CHECK_FALSE(bench.pools.prove(*b, "environment").has_value());  // again is nothing new
  const auto late = bench.join("environment");
  CHECK(late->payer() == a->payer());
}

TEST_CASE("a merged subject keeps every member's ceiling") {
  test::queue_bench bench;
  const auto a = bench.join("key a", per_second(100, 50));
  auto b = bench.join("key b", per_second(1, 3));
  bench.pools.prove(*a, "environment");
  bench.pools.prove(*b, "environment");
  CHECK(burst_of(*a, bench.time) == 3);
  b.reset();
  CHECK(burst_of(*a, bench.time) > 3);
}

TEST_CASE("a subject is forgotten with its last member") {
  test::queue_bench bench;
  auto first = bench.join("k");
  bench.tell(*first, 0, seconds(10));
  const std::uint64_t number = first->payer()->number();
  first.reset();
  const auto later = bench.join("k");
  CHECK(later->payer()->number() != number);
  CHECK(later->payer()->of(rate_limiter::api).ask(1, bench.time.steady()).now);
}

TEST_CASE("a key names its server, so that equal ids of two servers are two subjects") {
  CHECK(target::environment_key("https://a", "env_1") != target::environment_key("https://b", "env_1"));
  CHECK(target::environment_key("https://a", "x") != target::provisional_key("https://a", "x"));
}
