// The few coroutine primitives everything else is built from. Single-threaded: one io_context, one thread.
//
// Cancellation here is cooperative and explicit. Asio's own cancellation slots are not used: their co_spawn handler
// has a use-after-free in 1.81 (asio#1332), and after a terminal cancel every later co_await throws.
#pragma once

#include "base/timers.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <deque>
#include <list>
#include <memory>
#include <optional>

namespace triggerd {

namespace asio = boost::asio;
template <class T = void>
using task = asio::awaitable<T>;

// Resumes one waiter once, with the first value set. Setting before waiting is fine. The waiter is resumed through the
// loop, never inside set().
class wakeup {
 public:
  class waiter;
  wakeup();
  ~wakeup();
  wakeup(const wakeup&) = delete;
  wakeup& operator=(const wakeup&) = delete;

  void set(int value);
  bool is_set() const { return value_.has_value(); }
  task<int> wait();

 private:
  std::optional<int> value_;
  std::unique_ptr<waiter> waiter_;
};

// A one-way switch with listeners: how a fire, a drain or a stop tells the waits below it to end.
class cancellation {
 public:
  cancellation() = default;
  cancellation(const cancellation&) = delete;
  cancellation& operator=(const cancellation&) = delete;

  bool requested() const { return requested_; }
  void request();  // runs every listener once, in order of registration

  // Registered while alive. A listener made after request() runs at once. It must not outlive the cancellation.
  class listener {
   public:
    listener(cancellation& of, std::function<void()> run);
    ~listener();
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

   private:
    friend class cancellation;
    cancellation& of_;
    std::function<void()> run_;
    std::list<listener*>::iterator place_;
    bool linked_ = false;
  };

 private:
  bool requested_ = false;
  std::list<listener*> listeners_;
};

// A condition variable for coroutines. Every waiter present is resumed by notify_all(); re-check your condition.
class condition {
 public:
  condition() = default;
  condition(const condition&) = delete;
  condition& operator=(const condition&) = delete;

  void notify_all();
  task<> wait();
  // False when cancelled instead of notified.
  task<bool> wait(cancellation& cancel);

 private:
  std::list<wakeup*> waiters_;
};

// Waits for a duration; false when cancelled first. Zero and negative durations yield to the loop once.
task<bool> sleep_for(timers& timers, const clock& clock, std::chrono::nanoseconds how_long, cancellation& cancel);

// Children with an owner: nothing is detached. The owner calls join() before it goes.
class task_group {
 public:
  explicit task_group(asio::any_io_executor loop) : loop_(std::move(loop)) {}
  ~task_group();  // asserts that no child is left
  task_group(const task_group&) = delete;
  task_group& operator=(const task_group&) = delete;

  // Starts a child. An exception out of it is a programming error and ends the program through the loop.
  void spawn(task<> child);
  std::size_t size() const { return children_; }
  task<> join();

 private:
  asio::any_io_executor loop_;
  std::size_t children_ = 0;
  condition done_;
};

}  // namespace triggerd
