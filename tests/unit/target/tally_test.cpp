#include "target/tally.hpp"
#include "base/limits.hpp"

#include <doctest/doctest.h>

using namespace triggerd;

namespace {

client::exchange took(milliseconds how_long, bool failed = false) {
  client::exchange out;
  out.seen.what = transport::knowledge::answered;
  out.seen.took = how_long;
  if (failed) out.failed.emplace();
  return out;
}

client::exchange lost() {
  client::exchange out;
  out.seen.what = transport::knowledge::ambiguous;
  out.seen.failure = fail(codes::timeout, "no reply in time");
  out.failed.emplace();
  return out;
}

}  // namespace

TEST_CASE("counters and quantiles are those of what was sent") {
  target::tally counts;
  CHECK(counts.view().p99_ms == 0);
  for (int i = 1; i <= 100; ++i) counts.add(took(milliseconds(i), i % 10 == 0));
  counts.add(lost());
  counts.count_retry();
  const auto seen = counts.view();
  CHECK(seen.requests == 101);
  CHECK(seen.failures == 11);
  CHECK(seen.retries == 1);
  CHECK(seen.p50_ms == doctest::Approx(51).epsilon(0.03));
  CHECK(seen.p99_ms == doctest::Approx(99).epsilon(0.02));
}

TEST_CASE("quantiles forget old replies") {
  target::tally counts;
  for (std::size_t i = 0; i < limits::reply_times; ++i) counts.add(took(seconds(9)));
  for (std::size_t i = 0; i < limits::reply_times; ++i) counts.add(took(milliseconds(5)));
  CHECK(counts.view().p99_ms == doctest::Approx(5));
}

TEST_CASE("the times of a leg are bounded") {
  target::usage used;
  for (std::size_t i = 0; i < limits::reply_times; ++i) target::add_to(used, took(seconds(9)));
  for (std::size_t i = 0; i < limits::reply_times; ++i) target::add_to(used, took(milliseconds(5)));
  CHECK(used.requests == 2 * limits::reply_times);
  REQUIRE(used.times.size() == limits::reply_times);
  for (const auto time : used.times) CHECK(time == milliseconds(5));
}

TEST_CASE("a silence begins with the first lost reply and ends with the next one that comes") {
  target::silence quiet;
  const instant start(seconds(1'000));
  CHECK_FALSE(quiet.broken());
  quiet.add(lost(), start);
  quiet.add(lost(), start + seconds(5));
  CHECK(quiet.broken());
  CHECK(quiet.since() == start);
  CHECK(quiet.text().find("last 2 requests") != std::string::npos);
  CHECK(quiet.text().find("no reply in time") != std::string::npos);
  quiet.add(took(milliseconds(1), true), start);  // a reply that says no is a reply
  CHECK_FALSE(quiet.broken());
}
