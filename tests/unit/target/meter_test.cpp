// A meter, reply by reply.
#include "target/meter.hpp"

#include "base/limits.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace triggerd;
using target::meter;
using kind = meter::reply::kind;
using std::chrono::minutes;

namespace {

steady_time at(milliseconds since_start) { return steady_time(since_start); }
target::moment moment_at(milliseconds since_start) { return {at(since_start), instant(since_start)}; }

meter::reply passed(std::uint64_t remaining, milliseconds reset) {
  meter::reply out;
  out.how = kind::passed;
  out.told = {750, remaining, instant(reset)};
  return out;
}
meter::reply refusal(milliseconds reset) {
  meter::reply out;
  out.how = kind::refused;
  out.told = {750, 0, instant(reset)};
  return out;
}
meter::reply bare(kind how) {
  meter::reply out;
  out.how = how;
  return out;
}

}  // namespace

TEST_CASE("after a 429 nothing leaves before the reset, then one alone, then the rest by its word") {
  seeded_random random(8);
  meter of(random);
  const meter::charge refused = of.take(1, at(seconds(1)));
  of.settle(refused, refusal(seconds(10)), moment_at(seconds(1)));

  const meter::turn held = of.ask(1, at(seconds(2)));
  CHECK_FALSE(held.now);
  REQUIRE(held.at.has_value());
  CHECK(*held.at >= at(seconds(10)));
  CHECK(*held.at <= at(seconds(10)) + limits::rate_jitter);
  CHECK_FALSE(of.ask(1, *held.at - milliseconds(1)).now);

  CHECK(of.ask(1, *held.at).now);
  const meter::charge probe = of.take(1, *held.at);
  const meter::turn second = of.ask(1, *held.at);
  CHECK_FALSE(second.now);
  CHECK_FALSE(second.at.has_value());  // the probe's reply tells

  of.settle(probe, passed(249, seconds(20)), moment_at(seconds(11)));
  for (int i = 0; i < 249; ++i) {
    REQUIRE(of.ask(1, at(seconds(11))).now);
    of.take(1, at(seconds(11)));
  }
  CHECK_FALSE(of.ask(1, at(seconds(11))).now);
}

TEST_CASE("a refusal without words lets one more go with each success, and the next one begins anew") {
  seeded_random random(22);
  meter of(random);
  const auto refuse = [&](steady_time now) {
    meter::reply refused = bare(kind::refused);
    refused.wait = seconds(10);
    of.settle(of.take(1, now), refused, {now, instant(seconds(1))});
    return *of.ask(1, now).at;
  };
  const auto at_once = [&](steady_time now) {
    std::vector<meter::charge> out;
    while (out.size() < 100 && of.ask(1, now).now) out.push_back(of.take(1, now));
    return out;
  };
  steady_time now = refuse(at(seconds(1)));
  for (std::size_t allowed : {1u, 2u, 4u, 8u}) {
    const auto out = at_once(now);
    CHECK(out.size() == allowed);
    for (const auto& one : out) of.settle(one, bare(kind::passed), {now, instant(seconds(1))});
  }
  now = refuse(now);
  CHECK(at_once(now).size() == 1);
}

TEST_CASE("the refusals of one burst count once") {
  seeded_random random(9);
  meter of(random);
  std::vector<meter::charge> burst;
  for (int i = 0; i < 16; ++i) burst.push_back(of.take(1, at(seconds(1))));
  for (const auto& one : burst) of.settle(one, refusal(seconds(10)), moment_at(seconds(2)));
  CHECK(of.on_the_wire() == 0);
  const meter::turn held = of.ask(1, at(seconds(2)));
  REQUIRE(held.at.has_value());
  CHECK(*held.at <= at(seconds(10)) + limits::rate_jitter);
}

TEST_CASE("a refusal right after a refill makes it stay away longer each time, but never for ever") {
  seeded_random random(10);
  meter of(random);
  std::chrono::nanoseconds last{0};
  steady_time now = at(seconds(1));
  for (int i = 0; i < 14; ++i) {
    // Our clock is ahead: the reset that the server names is over by it.
    of.settle(of.take(1, now), refusal(milliseconds(1)),
              {now, instant(now.time_since_epoch() / milliseconds(1) * milliseconds(1))});
    const meter::turn held = of.ask(1, now);
    REQUIRE(held.at.has_value());
    const auto wait = *held.at - now;
    CHECK(wait <= std::chrono::nanoseconds(limits::rate_wait) + limits::rate_jitter);
    if (i > 0 && i < 7) CHECK(wait + limits::rate_jitter > last);
    last = wait;
    now = *held.at;
  }
  CHECK(last > seconds(60));
}

TEST_CASE("a refusal that names no reset is waited out as long as it asks") {
  seeded_random random(11);
  meter of(random);
  meter::reply refused = bare(kind::refused);
  refused.wait = seconds(7);
  of.settle(of.take(1, at(seconds(1))), refused, moment_at(seconds(1)));
  const meter::turn held = of.ask(1, at(seconds(1)));
  REQUIRE(held.at.has_value());
  CHECK(*held.at >= at(seconds(8)));
  CHECK(*held.at <= at(seconds(8)) + limits::rate_jitter);
}

TEST_CASE("a request that was never sent gives its token back; one whose reply was lost does not") {
  seeded_random random(12);
  meter of(random);
  of.settle(of.take(1, at(seconds(1))), passed(2, seconds(10)), moment_at(seconds(1)));
  of.settle(of.take(1, at(seconds(1))), bare(kind::not_sent), moment_at(seconds(1)));
  CHECK(of.told()->remaining == 2);
  of.settle(of.take(1, at(seconds(1))), bare(kind::lost), moment_at(seconds(1)));
  CHECK(of.told()->remaining == 1);
  of.take(1, at(seconds(1)));
  CHECK_FALSE(of.ask(1, at(seconds(1))).now);  // what is on the wire counts as used

  meter paced(random);
  paced.set_ceiling({spec::rate{1, seconds(1)}, 1}, at(seconds(1)));
  const meter::charge one = paced.take(1, at(seconds(1)));
  CHECK_FALSE(paced.ask(1, at(seconds(1))).now);
  paced.settle(one, bare(kind::not_sent), moment_at(seconds(1)));
  CHECK(paced.ask(1, at(seconds(1))).now);
}

TEST_CASE("within one refill only the lowest word counts, and an overtaken one is not believed") {
  seeded_random random(13);
  meter of(random);
  const auto a = of.take(1, at(seconds(1))), b = of.take(1, at(seconds(1))), c = of.take(1, at(seconds(1)));
  of.settle(a, passed(5, seconds(10)), moment_at(seconds(2)));
  of.settle(b, passed(7, seconds(10)), moment_at(seconds(2)));  // overtaken on the way
  CHECK(of.told()->remaining == 4);                             // 5, and one is still out
  of.settle(c, passed(700, milliseconds(500)), moment_at(seconds(2)));
  CHECK(of.told()->remaining == 5);
}

TEST_CASE("a 429 of something else, with tokens left in the bucket, does not stop the bucket") {
  seeded_random random(14);
  meter of(random);
  meter::reply cap = refusal(seconds(10));
  cap.told.remaining = 100;
  of.settle(of.take(1, at(seconds(1))), cap, moment_at(seconds(1)));
  CHECK(of.ask(1, at(seconds(1))).now);
}

TEST_CASE("tokens of a ceiling come back one by one") {
  seeded_random random(15);
  meter of(random);
  of.set_ceiling({spec::rate{60, minutes(1)}, 3}, at(seconds(0)));
  for (int i = 0; i < 3; ++i) {
    REQUIRE(of.ask(1, at(seconds(0))).now);
    of.take(1, at(seconds(0)));
  }
  const meter::turn next = of.ask(1, at(seconds(0)));
  CHECK_FALSE(next.now);
  CHECK(next.at == at(seconds(1)));
  CHECK(of.ask(1, at(seconds(1))).now);
  of.take(1, at(seconds(1)));
  CHECK_FALSE(of.ask(1, at(milliseconds(1'999))).now);
}

TEST_CASE("a batch larger than the burst goes when the bucket is full, and pays its debt afterwards") {
  seeded_random random(16);
  meter of(random);
  of.set_ceiling({spec::rate{100, seconds(10)}, 500}, at(seconds(0)));
  REQUIRE(of.ask(1'000, at(seconds(0))).now);
  of.take(1'000, at(seconds(0)));
  const meter::turn next = of.ask(1, at(seconds(0)));
  REQUIRE(next.at.has_value());
  CHECK(*next.at > at(seconds(50)));
  CHECK(*next.at <= at(seconds(51)));
}

TEST_CASE("a refused batch has taken its items: it is not sent again before the bucket had time to fill") {
  seeded_random random(17);
  meter of(random);
  meter::reply refused = bare(kind::refused);
  refused.wait = seconds(10);
  of.settle(of.take(400, at(seconds(1))), refused, moment_at(seconds(1)));
  const meter::turn held = of.ask(400, at(seconds(1)));
  REQUIRE(held.at.has_value());
  CHECK(*held.at > at(seconds(30)));
  CHECK(*held.at < at(minutes(5)));
}

TEST_CASE("a new ceiling keeps what was used under the old one") {
  seeded_random random(19);
  meter of(random);
  of.set_ceiling({spec::rate{10, seconds(1)}, 10}, at(seconds(0)));
  for (int i = 0; i < 10; ++i) of.take(1, at(seconds(0)));
  of.set_ceiling({spec::rate{1, seconds(1)}, 10}, at(seconds(0)));
  const meter::turn next = of.ask(1, at(seconds(0)));
  CHECK_FALSE(next.now);
  CHECK(next.at == at(seconds(1)));
  of.set_ceiling({}, at(seconds(0)));
  CHECK(of.ask(1, at(seconds(0))).now);
}

TEST_CASE("the smaller of two ceilings holds, and none is no ceiling") {
  const target::ceiling slow{spec::rate{60, minutes(1)}, 100}, fast{spec::rate{2, seconds(1)}, 10}, none;
  CHECK(target::smallest(slow, fast) == target::ceiling{spec::rate{60, minutes(1)}, 10});
  CHECK(target::smallest(none, fast) == fast);
  CHECK(target::smallest(slow, none) == slow);
}

TEST_CASE("a meter that takes over another keeps the tighter word of both and what both have on the wire") {
  seeded_random random(20);
  meter stays(random), goes(random);
  stays.settle(stays.take(1, at(seconds(1))), passed(50, seconds(10)), moment_at(seconds(1)));
  goes.settle(goes.take(1, at(seconds(1))), passed(20, seconds(10)), moment_at(seconds(1)));
  const meter::charge out = goes.take(5, at(seconds(1)));
  stays.absorb(goes);
  CHECK(stays.on_the_wire() == 5);
  CHECK(stays.told()->remaining == 15);
  stays.settle(out, bare(kind::not_sent), moment_at(seconds(1)));
  CHECK(stays.told()->remaining == 20);

  meter blocked(random);
  blocked.settle(blocked.take(1, at(seconds(1))), refusal(seconds(20)), moment_at(seconds(1)));
  stays.absorb(blocked);
  const meter::turn held = stays.ask(1, at(seconds(2)));
  REQUIRE(held.at.has_value());
  CHECK(*held.at >= at(seconds(20)));
}
