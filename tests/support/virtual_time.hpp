// Time a test owns: a clock, timers over a heap, and a loop that is polled until idle.
#pragma once

#include "base/async.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

namespace triggerd::test {

class virtual_time final : public clock, public timers {
 public:
  explicit virtual_time(instant start = instant(milliseconds(1'795'487'000'000))) : wall_(start) {}

  instant now() const override { return wall_; }
  steady_time steady() const override { return steady_; }
  timer_id arm(steady_time at, callback run) override { return heap_.add(at, std::move(run)); }
  void disarm(timer_id id) override { heap_.remove(id); }

  boost::asio::io_context& loop() { return loop_; }
  void spawn(task<> child) {
    boost::asio::co_spawn(loop_, std::move(child), [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
  }

  // Runs everything that is ready and due now.
  void run() {
    for (;;) {
      loop_.restart();
      loop_.poll();
      auto due = heap_.take_due(steady_);
      if (!due) return;
      (*due)();
    }
  }

  // Runs until `how_long` has passed, stopping at each timer on the way.
  void advance(std::chrono::nanoseconds how_long) {
    const steady_time end = steady_ + how_long;
    run();
    while (heap_.next() && *heap_.next() <= end) {
      jump_to(*heap_.next());
      run();
    }
    jump_to(end);
    run();
  }

  // Advances to the next timer; false when none is armed.
  bool step() {
    run();
    const auto next = heap_.next();
    if (!next) return false;
    jump_to(*next);
    run();
    return true;
  }

  void step_wall(milliseconds by) { wall_ += by; }  // a clock somebody set
  std::size_t armed() const { return heap_.size(); }

 private:
  void jump_to(steady_time at) {
    if (at <= steady_) return;
    rest_ += at - steady_;
    const auto whole = std::chrono::floor<milliseconds>(rest_);
    wall_ += whole;
    rest_ -= whole;
    steady_ = at;
  }

  instant wall_;
  steady_time steady_{};
  std::chrono::nanoseconds rest_{};
  timer_heap heap_;
  boost::asio::io_context loop_{1};
};

}  // namespace triggerd::test
