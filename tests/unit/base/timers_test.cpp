#include "base/timers.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace triggerd;

namespace {
steady_time at(int milliseconds_in) { return steady_time(milliseconds(milliseconds_in)); }
}  // namespace

TEST_CASE("timers come out by time, then in the order of arming") {
  timer_heap heap;
  std::string order;
  heap.add(at(20), [&] { order += 'c'; });
  heap.add(at(10), [&] { order += 'a'; });
  heap.add(at(10), [&] { order += 'b'; });
  CHECK(heap.next() == at(10));
  while (auto run = heap.take_due(at(20))) (*run)();
  CHECK(order == "abc");
  CHECK_FALSE(heap.next());
}

TEST_CASE("a timer is not due a nanosecond early") {
  timer_heap heap;
  heap.add(at(10), [] {});
  CHECK_FALSE(heap.take_due(at(10) - std::chrono::nanoseconds(1)));
  CHECK(heap.take_due(at(10)));
}

TEST_CASE("removing takes one timer out, and unknown ids do no harm") {
  timer_heap heap;
  const auto gone = heap.add(at(1), [] {});
  const auto kept = heap.add(at(2), [] {});
  CHECK(gone != 0);
  CHECK(kept != gone);
  heap.remove(gone);
  heap.remove(gone);
  heap.remove(0);
  CHECK(heap.size() == 1);
  CHECK(heap.next() == at(2));
}

namespace {
// A clock the test sets; the loop's own timers fire at once because every instant lies in the past.
struct set_clock final : triggerd::clock {
  steady_time value = at(1);
  instant now() const override { return {}; }
  steady_time steady() const override { return value; }
};
}  // namespace

TEST_CASE("the loop runs what is due, in order, and never inside arm") {
  boost::asio::io_context loop;
  set_clock time;
  loop_timers timers(loop, time);
  std::string order;
  time.value = at(100);
  timers.arm(at(30), [&] { order += 'b'; });
  timers.arm(at(20), [&] { order += 'a'; });
  const auto removed = timers.arm(at(25), [&] { order += 'x'; });
  timers.disarm(removed);
  CHECK(order.empty());
  loop.run();
  CHECK(order == "ab");
}

TEST_CASE("a callback may arm and disarm timers") {
  boost::asio::io_context loop;
  set_clock time;
  time.value = at(100);
  loop_timers timers(loop, time);
  std::string order;
  timer_id victim = 0;
  timers.arm(at(10), [&] {
    order += 'a';
    timers.disarm(victim);
    timers.arm(at(15), [&] { order += 'c'; });
  });
  victim = timers.arm(at(20), [&] { order += 'x'; });
  loop.run();
  CHECK(order == "ac");
}

TEST_CASE("a loop that wakes for a timer that was taken away waits on for the next") {
  boost::asio::io_context loop;
  set_clock time;
  loop_timers timers(loop, time);
  bool fired = false;
  const auto gone = timers.arm(at(10), [] { FAIL("it was taken away"); });
  timers.arm(at(20), [&] { fired = true; });
  timers.disarm(gone);
  time.value = at(10);
  for (int i = 0; i < 3; ++i) loop.run_one();
  CHECK_FALSE(fired);
  time.value = at(20);
  loop.run();
  CHECK(fired);
}

TEST_CASE("nothing fires after close, and the loop has no more work") {
  boost::asio::io_context loop;
  set_clock time;
  time.value = at(100);
  loop_timers timers(loop, time);
  bool fired = false;
  timers.arm(at(10), [&] { fired = true; });
  timers.close();
  loop.run();
  CHECK_FALSE(fired);
}
