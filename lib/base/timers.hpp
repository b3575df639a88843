// Timers by interface, so that a simulation can own time. One heap serves both worlds.
#pragma once

#include "base/clock.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>

namespace triggerd {

using timer_id = std::uint64_t;  // 0 is never a timer

// Single-threaded. A callback runs on the loop, never inside arm() or disarm(), at or after its time.
class timers {
 public:
  using callback = std::function<void()>;
  virtual ~timers() = default;
  virtual timer_id arm(steady_time at, callback run) = 0;
  virtual void disarm(timer_id id) = 0;  // unknown and fired ids are ignored
};

// Armed timers in order of (time, order of arming). Pure: whoever drives it decides what "now" is.
class timer_heap {
 public:
  timer_id add(steady_time at, timers::callback run);
  void remove(timer_id id);
  std::optional<steady_time> next() const;
  // Takes the earliest callback that is due at `now`; nullopt when none is.
  std::optional<timers::callback> take_due(steady_time now);
  std::size_t size() const { return by_time_.size(); }

 private:
  using key = std::pair<steady_time, timer_id>;
  std::map<key, timers::callback> by_time_;
  std::unordered_map<timer_id, steady_time> times_;
  timer_id last_ = 0;
};

// Drives one heap from one Asio timer that is armed only while the heap is not empty.
class loop_timers final : public timers {
 public:
  loop_timers(boost::asio::io_context& loop, const clock& time);
  timer_id arm(steady_time at, callback run) override;
  void disarm(timer_id id) override;
  void close();  // drops every timer; nothing fires afterwards

 private:
  void rearm();
  void fire();

  const clock& clock_;
  timer_heap heap_;
  boost::asio::steady_timer timer_;
  std::optional<steady_time> armed_for_;
  bool firing_ = false;
};

}  // namespace triggerd
