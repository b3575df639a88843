#include "base/limits.hpp"
#include "queue_bench.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace triggerd;
using spec::rate_limiter;
using target::admission;
using test::targets_of;
using list = std::vector<std::string>;

namespace {

// Answers a request at once, without words about the budget.
void end(admission& queue, const target::permit& of, const test::queue_bench& bench) {
  target::meter::reply passed;
  passed.how = target::meter::reply::kind::passed;
  const target::moment now{bench.time.steady(), bench.time.now()};
  if (of.request) {
    const bool management = of.what.limiter == rate_limiter::management;
    of.what.payer->settled()
        ->of(management ? rate_limiter::management : rate_limiter::api)
        .settle(*of.request, passed, now);
  }
  if (of.items) of.what.payer->settled()->of(rate_limiter::batch_runs).settle(*of.items, passed, now);
  queue.release(of);
}

}  // namespace

TEST_CASE("jobs take turns, however many requests one of them has waiting") {
  test::queue_bench bench;
  const auto budget = bench.join("k");
  admission queue(512);
  queue.set_cap("shop", 1);
  for (int i = 0; i < 6; ++i) queue.add(bench.errand("shop", "bulk", *budget));
  for (int i = 0; i < 2; ++i) queue.add(bench.errand("shop", "small", *budget));
  list order;
  for (int i = 0; i < 8; ++i) {
    auto granted = queue.pump(bench.time.steady());
    REQUIRE(granted.size() == 1);
    order.push_back(granted.front().given.what.lane);
    end(queue, granted.front().given, bench);
  }
  CHECK(order == list{"bulk", "small", "bulk", "small", "bulk", "bulk", "bulk", "bulk"});
  CHECK(queue.queued() == 0);
}

TEST_CASE("inside a job its targets take turns, and inside a target the oldest goes first") {
  test::queue_bench bench;
  const auto budget = bench.join("k");
  admission queue(1);
  std::vector<admission::number> a, b;
  for (int i = 0; i < 2; ++i) a.push_back(queue.add(bench.errand("a", "job", *budget)));
  for (int i = 0; i < 2; ++i) b.push_back(queue.add(bench.errand("b", "job", *budget)));
  std::vector<admission::number> order;
  for (int i = 0; i < 4; ++i) {
    auto granted = queue.pump(bench.time.steady());
    REQUIRE(granted.size() == 1);
    order.push_back(granted.front().who);
    end(queue, granted.front().given, bench);
  }
  CHECK(order == std::vector<admission::number>{a[0], b[0], a[1], b[1]});
}

TEST_CASE("no more go out at once than the target and the whole allow") {
  test::queue_bench bench;
  const auto first = bench.join("k"), second = bench.join("l");
  admission queue(5);
  queue.set_cap("a", 3);
  queue.set_cap("b", 4);
  for (int i = 0; i < 10; ++i) {
    queue.add(bench.errand("a", "job", *first));
    queue.add(bench.errand("b", "job", *second));
  }
  auto granted = queue.pump(bench.time.steady());
  CHECK(granted.size() == 5);
  CHECK(queue.in_flight() == 5);
  CHECK(queue.in_flight("a") <= 3);
  CHECK(queue.in_flight("b") <= 4);
  CHECK(queue.pump(bench.time.steady()).empty());
  end(queue, granted.front().given, bench);
  CHECK(queue.pump(bench.time.steady()).size() == 1);

  queue.set_cap("a", 0);
  queue.set_cap("b", 1);
  for (std::size_t i = 1; i < granted.size(); ++i) end(queue, granted[i].given, bench);
  for (const auto& one : queue.pump(bench.time.steady())) CHECK(one.given.what.target == "b");
}

TEST_CASE("a blocked bucket does not delay another one") {
  test::queue_bench bench;
  const auto blocked = bench.join("k"), open = bench.join("l");
  bench.tell(*blocked, 0, seconds(10));
  admission queue(512);
  for (int i = 0; i < 3; ++i) queue.add(bench.errand("a", "job", *blocked));
  for (int i = 0; i < 3; ++i) queue.add(bench.errand("b", "job", *open));
  CHECK(targets_of(queue.pump(bench.time.steady())) == list{"b", "b", "b"});
  REQUIRE(queue.wake().has_value());
  CHECK(*queue.wake() >= bench.time.steady() + seconds(10));
  bench.time.advance(seconds(12));
  CHECK(targets_of(queue.pump(bench.time.steady())) == list{"a"});  // one alone asks what came back
  CHECK_FALSE(queue.wake().has_value());
}

TEST_CASE("a paused target keeps its requests and lets others of the same bucket go") {
  test::queue_bench bench;
  const auto budget = bench.join("k");
  admission queue(512);
  queue.pause("a");
  queue.add(bench.errand("a", "job", *budget));
  queue.add(bench.errand("b", "job", *budget));
  queue.add(bench.errand("a", "other", *budget));
  CHECK(targets_of(queue.pump(bench.time.steady())) == list{"b"});
  CHECK(queue.queued() == 2);
  CHECK(queue.queued("a") == 2);
  CHECK(queue.queued("b") == 0);
  CHECK_FALSE(queue.wake().has_value());  // nothing to wait for but the resume
  queue.resume("a");
  CHECK(targets_of(queue.pump(bench.time.steady())) == list{"a", "a"});
}

TEST_CASE("a target with its fill on the wire does not delay another one of its job and bucket") {
  test::queue_bench bench;
  const auto budget = bench.join("k");
  admission queue(512);
  queue.set_cap("a", 1);
  for (int i = 0; i < 3; ++i) queue.add(bench.errand("a", "job", *budget));
  for (int i = 0; i < 3; ++i) queue.add(bench.errand("b", "job", *budget));
  CHECK(targets_of(queue.pump(bench.time.steady())) == list{"a", "b", "b", "b"});
}

TEST_CASE("who is taken out of the queue never goes, and those behind it move up") {
  test::queue_bench bench;
  spec::limit_spec slow;
  slow.batch_items = spec::rate{1, seconds(1)};
  slow.batch_burst = 10;
  const auto budget = bench.join("k", slow);
  admission queue(512);
  const auto batch = [&](std::uint64_t items) {
    return bench.errand("a", "job", *budget, rate_limiter::batch_runs, items);
  };
  queue.add(batch(5));
  CHECK(queue.pump(bench.time.steady()).size() == 1);
  const admission::number large = queue.add(batch(8));  // waits for three tokens
  const admission::number small = queue.add(batch(1));
  CHECK(queue.pump(bench.time.steady()).empty());  // and nobody overtakes it
  CHECK(queue.wake() == bench.time.steady() + seconds(3));
  CHECK(queue.remove(large));
  CHECK_FALSE(queue.remove(large));
  const auto granted = queue.pump(bench.time.steady());
  REQUIRE(granted.size() == 1);
  CHECK(granted.front().who == small);
  CHECK_FALSE(queue.remove(small));
}

TEST_CASE("a batch that waits for its items does not hold back plain requests of the same target") {
  test::queue_bench bench;
  spec::limit_spec slow;
  slow.batch_items = spec::rate{1, seconds(1)};
  slow.batch_burst = 10;
  const auto budget = bench.join("k", slow);
  admission queue(512);
  queue.add(bench.errand("a", "job", *budget, rate_limiter::batch_runs, 10));
  CHECK(queue.pump(bench.time.steady()).size() == 1);
  queue.add(bench.errand("a", "job", *budget, rate_limiter::batch_runs, 10));
  queue.add(bench.errand("a", "job", *budget));
  const auto granted = queue.pump(bench.time.steady());
  REQUIRE(granted.size() == 1);
  CHECK(granted.front().given.what.batch_items == 0);
}

TEST_CASE("an endpoint without a limiter draws from no bucket, but counts for the caps") {
  test::queue_bench bench;
  const auto budget = bench.join("k");
  bench.tell(*budget, 0, seconds(10));
  admission queue(512);
  queue.set_cap("a", 2);
  for (int i = 0; i < 3; ++i) queue.add(bench.errand("a", "job", *budget, rate_limiter::none));
  const auto granted = queue.pump(bench.time.steady());
  CHECK(granted.size() == 2);
  CHECK_FALSE(granted.front().given.request.has_value());
}

TEST_CASE("requests of a merged bucket wait on the one that stays") {
  test::queue_bench bench;
  const auto a = bench.join("key a"), b = bench.join("key b");
  bench.pools.prove(*a, "environment");
  bench.tell(*a, 0, seconds(10));
  admission queue(512);
  queue.pause("b");
  const admission::number waiting = queue.add(bench.errand("b", "job", *b));
  const auto merged = bench.pools.prove(*b, "environment");
  REQUIRE(merged.has_value());
  queue.unite(*merged);
  queue.resume("b");
  CHECK(queue.pump(bench.time.steady()).empty());  // b's own bucket was free
  CHECK(queue.remove(waiting));
}

TEST_CASE("a permit given before a merger is settled with the bucket that stays") {
  test::queue_bench bench;
  const auto a = bench.join("key a"), b = bench.join("key b");
  bench.pools.prove(*a, "environment");
  admission queue(512);
  queue.add(bench.errand("b", "job", *b));
  const auto granted = queue.pump(bench.time.steady());
  REQUIRE(granted.size() == 1);
  queue.unite(*bench.pools.prove(*b, "environment"));
  CHECK(a->payer()->of(rate_limiter::api).on_the_wire() == 1);
  end(queue, granted.front().given, bench);
  CHECK(a->payer()->of(rate_limiter::api).on_the_wire() == 0);
  CHECK(queue.in_flight() == 0);
}

TEST_CASE("a long queue is let go in turns of the loop") {
  test::queue_bench bench;
  const auto budget = bench.join("k");
  admission queue(10'000);
  for (std::size_t i = 0; i < 2 * limits::admissions_per_turn; ++i) queue.add(bench.errand("a", "job", *budget));
  CHECK(queue.pump(bench.time.steady()).size() == limits::admissions_per_turn);
  CHECK(queue.more());
  CHECK(queue.pump(bench.time.steady()).size() == limits::admissions_per_turn);
  CHECK_FALSE(queue.more());
}

TEST_CASE("whatever happens in whatever order, caps hold, nobody is lost and nobody goes twice") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    test::queue_bench bench;
    seeded_random dice(seed);
    std::vector<std::unique_ptr<target::share>> budgets;
    for (const char* key : {"k", "l", "m"}) budgets.push_back(bench.join(key));
    admission queue(7);
    const list targets{"a", "b", "c", "d"};
    for (const auto& name : targets) queue.set_cap(name, 3);
    std::set<admission::number> waiting;
    std::vector<target::permit> out;
    const auto pump = [&] {
      for (auto& one : queue.pump(bench.time.steady())) {
        REQUIRE(waiting.erase(one.who) == 1);
        out.push_back(std::move(one.given));
      }
      CHECK(queue.in_flight() <= 7);
      CHECK(queue.in_flight() == out.size());
      for (const auto& name : targets) CHECK(queue.in_flight(name) <= 3);
    };
    for (int step = 0; step < 400; ++step) {
      const std::string& name = targets[dice.below(4)];
      const target::share& budget = *budgets[dice.below(3)];
      switch (dice.below(8)) {
        case 0:
        case 1:
        case 2: waiting.insert(queue.add(bench.errand(name, dice.below(2) ? "x" : "y", budget))); break;
        case 3: queue.pause(name); break;
        case 4: queue.resume(name); break;
        case 5:
          if (!waiting.empty()) {
            CHECK(queue.remove(*waiting.begin()));
            waiting.erase(waiting.begin());
          }
          break;
        case 6: bench.tell(budget, dice.below(3), milliseconds(dice.below(5'000))); break;
        default:
          if (!out.empty()) {
            const std::size_t which = dice.below(out.size());
            end(queue, out[which], bench);
            out.erase(out.begin() + std::ptrdiff_t(which));
          }
      }
      if (dice.below(4) == 0) bench.time.advance(milliseconds(dice.below(3'000)));
      pump();
    }
    for (const auto& name : targets) queue.resume(name);
    for (int i = 0; i < 2'000 && !(waiting.empty() && out.empty()); ++i) {
      pump();
      while (!out.empty()) {
        end(queue, out.back(), bench);
        out.pop_back();
      }
      if (queue.wake()) bench.time.advance(std::max(*queue.wake() - bench.time.steady(), std::chrono::nanoseconds(0)));
    }
    CHECK(waiting.empty());
    CHECK(queue.queued() == 0);
  }
}
