// How far the daemon is from its end: serving, draining until a deadline, or stopping. Commands and signals move it.
#pragma once

#include "base/async.hpp"

#include <optional>

namespace triggerd {

class lifecycle {
 public:
  lifecycle(timers& timers, const clock& time) : timers_(timers), clock_(time) {}
  ~lifecycle();
  lifecycle(const lifecycle&) = delete;
  lifecycle& operator=(const lifecycle&) = delete;

  // No new fires; those at work have so long. The daemon stays.
  void drain(milliseconds patience);
  // Drains, then ends. Asked a second time: ends now.
  void stop(milliseconds patience);

  bool draining() const { return deadline_.has_value(); }
  bool stopping() const { return stopping_; }
  std::optional<instant> deadline() const { return deadline_; }
  milliseconds left() const;                // until the deadline; never negative
  bool in_a_hurry() const { return now_; }  // somebody asked twice

  task<> until_stop();
  cancellation& time_is_up() { return time_is_up_; }  // of a stop: its deadline passed, or now

 private:
  void set_deadline(milliseconds patience);

  timers& timers_;
  const clock& clock_;
  std::optional<instant> deadline_;
  steady_time deadline_steady_{};
  bool stopping_ = false;
  bool now_ = false;
  timer_id timer_ = 0;
  cancellation time_is_up_;
  condition moved_;
};

}  // namespace triggerd
