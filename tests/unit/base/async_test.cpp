#include "base/async.hpp"
#include "support/virtual_time.hpp"

#include <doctest/doctest.h>

using namespace triggerd;

TEST_CASE("a wakeup keeps its first value and resumes one waiter") {
  test::virtual_time time;
  wakeup woken;
  int got = 0;
  time.spawn([](wakeup& w, int& out) -> task<> { out = co_await w.wait(); }(woken, got));
  time.run();
  CHECK(got == 0);
  woken.set(7);
  woken.set(8);
  CHECK(got == 0);  // never inside set()
  time.run();
  CHECK(got == 7);
}

TEST_CASE("sleep_for ends at its time, or at once when cancelled") {
  test::virtual_time time;
  cancellation never;
  cancellation soon;
  std::string order;
  const auto sleeper = [](test::virtual_time& t, seconds how_long, cancellation& cancel, std::string& out,
                          char name) -> task<> {
    const bool slept = co_await sleep_for(t, t, how_long, cancel);
    out += name;
    out += slept ? '+' : '-';
  };
  time.spawn(sleeper(time, seconds(20), never, order, 'a'));
  time.spawn(sleeper(time, seconds(10), never, order, 'b'));
  time.spawn(sleeper(time, seconds(90), soon, order, 'c'));
  time.advance(seconds(15));
  CHECK(order == "b+");
  soon.request();
  time.run();
  CHECK(order == "b+c-");
  time.advance(seconds(5));
  CHECK(order == "b+c-a+");
  CHECK(time.armed() == 0);
}

TEST_CASE("a condition wakes everyone present, and a cancelled waiter leaves no trace") {
  test::virtual_time time;
  condition changed;
  cancellation cancel;
  int woken = 0;
  int cancelled = 0;
  const auto waiter = [](condition& c, cancellation& k, int& w, int& x) -> task<> {
    const bool woke = co_await c.wait(k);
    ++(woke ? w : x);
  };
  cancellation other;
  time.spawn(waiter(changed, cancel, woken, cancelled));
  time.spawn(waiter(changed, other, woken, cancelled));
  time.run();
  cancel.request();
  time.run();
  CHECK(cancelled == 1);
  changed.notify_all();
  time.run();
  CHECK(woken == 1);
}

TEST_CASE("a task group joins after its last child") {
  test::virtual_time time;
  task_group group(time.loop().get_executor());
  cancellation never;
  bool joined = false;
  for (int i = 1; i <= 200; ++i)
    group.spawn([](test::virtual_time& t, int i, cancellation& k) -> task<> {
      (void)co_await sleep_for(t, t, milliseconds(i), k);
    }(time, i, never));
  time.spawn([](task_group& g, bool& out) -> task<> {
    co_await g.join();
    out = true;
  }(group, joined));
  time.advance(milliseconds(199));
  CHECK_FALSE(joined);
  time.advance(milliseconds(1));
  CHECK(joined);
}
