#include "job/scheduler.hpp"
#include "support/shown_result.hpp"
#include "support/virtual_time.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using namespace std::chrono_literals;

namespace {

struct scheduler_bench {
  test::virtual_time time;
  no_log log;
  std::vector<job::due_fire> fired;
  std::size_t calls = 0;
  job::scheduler plan{time, time, log, [this] {
                        ++calls;
                        while (take(100) > 0) {
                        }
                      }};

  std::size_t take(std::size_t most) {
    const auto due = plan.take(most);
    fired.insert(fired.end(), due.begin(), due.end());
    return due.size();
  }

  static spec::schedule every(milliseconds period, spec::catch_up_spec catch_up = {}, milliseconds jitter = {}) {
    spec::schedule_spec what;
    what.every = period;
    what.catch_up = catch_up;
    what.jitter = jitter;
    auto made = spec::schedule::compile(what, "job");
    REQUIRE(made);
    return std::move(*made);
  }
  static spec::catch_up_spec all(std::uint32_t most) {
    spec::catch_up_spec out;
    out.what = spec::catch_up_spec::policy::all;
    out.most = most;
    return out;
  }
};

}  // namespace

TEST_CASE("every nominal instant fires once, at its time") {
  scheduler_bench b;
  b.plan.set("report", scheduler_bench::every(60s), b.time.now());
  b.plan.start();
  b.time.advance(std::chrono::minutes(10));
  REQUIRE(b.fired.size() == 10);
  for (std::size_t i = 1; i < b.fired.size(); ++i) CHECK(b.fired[i].nominal - b.fired[i - 1].nominal == 60s);
  CHECK_FALSE(b.fired.front().missed);
}

TEST_CASE("what is due at once is taken in portions, and until it is nobody is told again") {
  scheduler_bench b;
  std::size_t told = 0;
  job::scheduler plan(b.time, b.time, b.log, [&told] { ++told; });
  for (const char* name : {"c", "a", "e", "b", "d"}) plan.set(name, scheduler_bench::every(60s), b.time.now());
  plan.start();
  b.time.advance(60s);
  CHECK(told == 1);
  const auto names = [&plan](std::size_t most) {
    std::string out;
    for (const auto& one : plan.take(most)) out += one.job;
    return out;
  };
  CHECK(names(2) == "ab");
  plan.remove("d");
  plan.set("f", scheduler_bench::every(60s), b.time.now() - 60s);
  b.time.advance(1s);
  CHECK(told == 1);
  CHECK(names(2) == "ce");
  CHECK(names(2) == "f");
  CHECK(b.time.armed() == 0);
  CHECK(names(2).empty());
  CHECK(b.time.armed() == 1);
  b.time.advance(60s);
  CHECK(told == 2);
  plan.stop();
  CHECK(names(2).empty());
}

TEST_CASE("nothing is due before the start or after a stop, and no timer is armed then") {
  scheduler_bench b;
  b.plan.set("report", scheduler_bench::every(60s), b.time.now());
  b.time.advance(5min);
  CHECK(b.fired.empty());
  CHECK(b.time.armed() == 0);
  b.plan.start();
  b.plan.stop();
  CHECK(b.time.armed() == 0);
}

TEST_CASE("fires of one instant come in one call") {
  scheduler_bench b;
  for (int i = 0; i < 100; ++i) b.plan.set("job-" + std::to_string(i), scheduler_bench::every(60s), b.time.now());
  b.plan.start();
  b.time.advance(60s);
  CHECK(b.fired.size() == 100);
  CHECK(b.calls == 1);
}

TEST_CASE("what a start missed is caught up by the job's policy, the rest is left out") {
  scheduler_bench b;
  b.plan.set("report", scheduler_bench::every(60s, scheduler_bench::all(3)), b.time.now() - std::chrono::hours(1));
  b.plan.start();
  b.time.run();
  REQUIRE(b.fired.size() == 3);
  for (const auto& one : b.fired) CHECK(one.missed);
  CHECK(b.fired.back().nominal <= b.time.now());
  b.time.advance(60s);
  CHECK(b.fired.size() == 4);
  CHECK_FALSE(b.fired.back().missed);
}

TEST_CASE("an instant whose jitter has not passed is not missed, it is still to come") {
  scheduler_bench b;
  b.plan.set("report", scheduler_bench::every(std::chrono::hours(1), {}, std::chrono::minutes(50)), b.time.now());
  b.plan.start();
  b.time.advance(std::chrono::hours(1) + 1min);  // the nominal instant has passed
  const std::size_t before = b.fired.size();
  const auto last = *b.plan.last_of("report");
  scheduler_bench again;
  again.time.advance(b.time.now() - again.time.now());
  again.plan.set("report", scheduler_bench::every(std::chrono::hours(1), {}, std::chrono::minutes(50)), last);
  again.plan.start();
  again.time.advance(std::chrono::minutes(60));
  b.time.advance(std::chrono::minutes(60));
  CHECK(b.fired.size() == before + again.fired.size());
}

TEST_CASE("a held job fires nothing, and its missed instants follow its policy when it is released") {
  scheduler_bench b;
  b.plan.set("report", scheduler_bench::every(60s, scheduler_bench::all(2)), b.time.now());
  b.plan.start();
  b.plan.hold("report");
  b.time.advance(10min);
  CHECK(b.fired.empty());
  b.plan.release("report");
  b.time.run();
  CHECK(b.fired.size() == 2);
}

TEST_CASE("a clock set back fires no instant twice") {
  scheduler_bench b;
  b.plan.set("report", scheduler_bench::every(60s), b.time.now());
  b.plan.start();
  b.time.advance(5min);
  b.time.step_wall(-milliseconds(180'000));
  b.plan.clock_changed();
  b.time.advance(2min);
  CHECK(b.fired.size() == 5);
  b.time.advance(2min);
  CHECK(b.fired.size() == 6);
}

TEST_CASE("a clock set forward passes the instants between through catch-up") {
  scheduler_bench b;
  b.plan.set("skips", scheduler_bench::every(60s), b.time.now());
  b.plan.set("catches", scheduler_bench::every(60s, scheduler_bench::all(10)), b.time.now());
  b.plan.start();
  b.time.step_wall(milliseconds(5 * 60'000 + 90'000));
  b.plan.clock_changed();
  b.time.run();
  std::size_t skips = 0, catches = 0;
  for (const auto& one : b.fired) (one.job == "skips" ? skips : catches) += 1;
  CHECK(skips == 0);
  CHECK(catches == 6);
}

TEST_CASE("held until an instant, nothing is due before it") {
  scheduler_bench b;
  b.plan.set("report", scheduler_bench::every(60s, scheduler_bench::all(10)), b.time.now());
  b.plan.hold_until(b.time.now() + std::chrono::minutes(3));
  b.plan.start();
  b.time.advance(2min);
  CHECK(b.fired.empty());
  CHECK(b.plan.held_until());
  b.time.advance(1min);
  CHECK_FALSE(b.plan.held_until());
  CHECK(b.fired.size() == 3);
}

TEST_CASE("the coming instants of all jobs are told in order") {
  scheduler_bench b;
  b.plan.set("slow", scheduler_bench::every(std::chrono::hours(1)), b.time.now());
  b.plan.set("fast", scheduler_bench::every(std::chrono::minutes(20)), b.time.now());
  const auto next = b.plan.upcoming("", 5);
  REQUIRE(next.size() == 5);
  for (std::size_t i = 1; i < next.size(); ++i) CHECK(next[i - 1].at <= next[i].at);
  CHECK(std::count_if(next.begin(), next.end(), [](const auto& one) { return one.job == "slow"; }) == 1);
  b.plan.hold("fast");
  for (const auto& one : b.plan.upcoming("", 3)) CHECK(one.job == "slow");
  CHECK(b.plan.upcoming("slow", 3).size() == 3);
  CHECK(b.plan.upcoming("nobody", 3).empty());
}

TEST_CASE("a removed job fires no more") {
  scheduler_bench b;
  b.plan.set("report", scheduler_bench::every(60s), b.time.now());
  b.plan.start();
  b.plan.remove("report");
  b.time.advance(5min);
  CHECK(b.fired.empty());
  CHECK(b.time.armed() == 0);
}
