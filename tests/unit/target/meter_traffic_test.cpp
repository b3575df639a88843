// A meter before the server's bucket for ten minutes: how much of the budget is used, and how much is refused.
#include "target/meter.hpp"

#include <doctest/doctest.h>

#include <map>
#include <vector>

using namespace triggerd;
using target::meter;
using kind = meter::reply::kind;

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
    only.of.set_ceiling({spec::rate{20, seconds(1)}, 60}, steady_time(milliseconds(0)));
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
  only.of.set_ceiling({spec::rate{1'000, seconds(1)}, 10'000}, steady_time(milliseconds(0)));
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
