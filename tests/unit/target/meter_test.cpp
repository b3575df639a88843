#include "target/meter.hpp"

#include "base/limits.hpp"

#include <doctest/doctest.h>

#include <map>
#include <vector>

using namespace triggerd;
using target::meter;
using kind = meter::reply::kind;
using std::chrono::minutes;

namespace {

// The server's bucket as it was measured: whole refills at whole intervals; a refused request of several tokens takes
// them all the same.
class server_bucket {
 public:
  server_bucket(std::int64_t size, std::int64_t refill, milliseconds every)
      : size_(size), refill_(refill), every_(every), tokens_(size) {}

  meter::reply take(std::int64_t cost, instant now) {  // by its own clock
    if (!used_) refilled_ = now;
    used_ = true;
    while (now >= refilled_ + every_) {
      refilled_ += every_;
      tokens_ = std::min(size_, tokens_ + refill_);
    }
    meter::reply out;
    out.told.limit = std::uint64_t(size_);
    out.told.reset = refilled_ + every_;
    const bool empty = tokens_ == 0;
    if (!empty) tokens_ -= cost;
    out.how = empty || tokens_ < 0 ? kind::refused : kind::passed;
    out.told.remaining = std::uint64_t(std::max<std::int64_t>(0, tokens_));
    if (out.how == kind::refused) {
      out.told.remaining = 0;
      out.wait = refilled_ + every_ - now;
    }
    return out;
  }

 private:
  std::int64_t size_, refill_;
  milliseconds every_;
  std::int64_t tokens_;
  instant refilled_{};
  bool used_ = false;
};

// One caller that always has something to send, against one bucket, with replies that overtake one another.
struct caller {
  explicit caller(random_source& random) : of(random) {}
  meter of;
  std::size_t most_out = 16;
  std::uint64_t cost = 1;
  std::uint64_t sent = 0, passed = 0, refused = 0;

  struct on_the_way {
    meter::charge charge;
    meter::reply reply;
  };
  std::multimap<int, meter::charge> arriving;
  std::multimap<int, on_the_way> returning;
};

constexpr bool silent = true;  // a server without rate headers

void run(std::vector<caller*> callers, server_bucket& server, milliseconds how_long, random_source& random,
         bool without_headers = false, milliseconds clock_ahead = milliseconds(0)) {
  for (int ms = 0; ms < how_long.count(); ++ms) {
    const target::moment now{steady_time(milliseconds(ms)), instant(milliseconds(ms))};
    for (caller* one : callers) {
      while (!one->arriving.empty() && one->arriving.begin()->first <= ms) {
        const meter::charge charge = one->arriving.begin()->second;
        one->arriving.erase(one->arriving.begin());
        meter::reply reply = server.take(std::int64_t(charge.cost), now.wall - clock_ahead);
        if (without_headers) reply.told = {};
        one->returning.emplace(ms + 10 + int(random.below(60)), caller::on_the_way{charge, reply});
      }
      while (!one->returning.empty() && one->returning.begin()->first <= ms) {
        const caller::on_the_way back = one->returning.begin()->second;
        one->returning.erase(one->returning.begin());
        ++(back.reply.how == kind::passed ? one->passed : one->refused);
        one->of.settle(back.charge, back.reply, now);
      }
      while (one->arriving.size() + one->returning.size() < one->most_out && one->of.ask(one->cost, now.steady).now) {
        one->arriving.emplace(ms + 10 + int(random.below(60)), one->of.take(one->cost, now.steady));
        ++one->sent;
      }
    }
  }
}

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

constexpr milliseconds ten_minutes{600'000};

}  // namespace

TEST_CASE("over ten minutes nearly all of what the server gives is used, and nearly nothing is refused") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    seeded_random random(seed);
    server_bucket server(750, 250, seconds(10));
    caller only(random);
    run({&only}, server, ten_minutes, random);
    const double given = 750 + 250 * 59;  // refills at 10 s to 590 s can be used up before the end
    CAPTURE(seed);
    CAPTURE(only.refused);
    CHECK(double(only.passed) >= 0.98 * given);
    CHECK(double(only.refused) < 0.001 * double(only.sent));
  }
}

TEST_CASE("a clock that is not the server's is found out by a refusal or two") {
  for (const milliseconds ahead :
       {milliseconds(-4'000), milliseconds(150), milliseconds(4'000), milliseconds(60'000)}) {
    CAPTURE(ahead.count());
    seeded_random random(21);
    server_bucket server(750, 250, seconds(10));
    caller only(random);
    run({&only}, server, ten_minutes, random, false, ahead);
    CHECK(double(only.passed) >= 0.97 * (750 + 250 * 59));
    CHECK(double(only.refused) < 0.001 * double(only.sent));
  }
}

TEST_CASE("a ceiling of the file below the server's budget is used nearly whole and never exceeded") {
  seeded_random random(4);
  for (const bool headers : {true, false}) {
    server_bucket server(750, 250, seconds(10));
    caller only(random);
    only.of.set_ceiling({spec::rate{20, seconds(1)}, 60}, at(milliseconds(0)));
    run({&only}, server, ten_minutes, random, !headers);
    const double allowed = 60 + 20 * 600;
    CAPTURE(headers);
    CHECK(double(only.sent) >= 0.98 * allowed);
    CHECK(double(only.sent) <= allowed);
    CHECK(only.refused == 0);
  }
}

TEST_CASE("the server's words win over a ceiling that is too high") {
  seeded_random random(5);
  server_bucket server(750, 250, seconds(10));
  caller only(random);
  only.of.set_ceiling({spec::rate{1'000, seconds(1)}, 10'000}, at(milliseconds(0)));
  run({&only}, server, ten_minutes, random);
  CHECK(double(only.passed) >= 0.98 * (750 + 250 * 59));
  CHECK(double(only.refused) < 0.001 * double(only.sent));
}

TEST_CASE("two daemons that share a bucket use it up together without a storm") {
  seeded_random random(6);
  server_bucket server(750, 250, seconds(10));
  caller first(random), second(random);
  run({&first, &second}, server, ten_minutes, random);
  CHECK(double(first.passed + second.passed) >= 0.98 * (750 + 250 * 59));
  // Each refill is gone before both have heard of it: a burst on the wire is refused, not more.
  CHECK(double(first.refused + second.refused) < 0.06 * double(first.sent + second.sent));
  CHECK(first.passed > second.passed / 4);
  CHECK(second.passed > first.passed / 4);
}

TEST_CASE("a server without rate headers is only asked more slowly after it has refused") {
  seeded_random random(7);
  server_bucket server(750, 250, seconds(10));
  caller only(random);
  run({&only}, server, ten_minutes, random, silent);
  CHECK(only.passed > 750 + 250 * 40);
  CHECK(double(only.refused) < 0.06 * double(only.sent));
}

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

TEST_CASE("batches against the server's bucket of items all pass in time") {
  seeded_random random(18);
  server_bucket server(1'200, 100, seconds(10));
  caller only(random);
  only.cost = 100;
  only.most_out = 2;
  run({&only}, server, ten_minutes, random, silent);
  CHECK(only.passed >= 40);  // 70 are possible for one who knows the rate
  CHECK(only.refused < 12);
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
