#include "lifecycle.hpp"

#include <algorithm>

namespace triggerd {

lifecycle::~lifecycle() { timers_.disarm(timer_); }

void lifecycle::set_deadline(milliseconds patience) {
  deadline_ = clock_.now() + patience;
  deadline_steady_ = clock_.steady() + patience;
}

milliseconds lifecycle::left() const {
  if (!deadline_) return milliseconds(0);
  const auto rest = std::chrono::duration_cast<milliseconds>(deadline_steady_ - clock_.steady());
  return std::max(rest, milliseconds(0));
}

void lifecycle::drain(milliseconds patience) {
  if (!deadline_) set_deadline(patience);
}

void lifecycle::stop(milliseconds patience) {
  if (stopping_) {
    now_ = true;
    time_is_up_.request();
    return;
  }
  stopping_ = true;
  // The time of a drain that still runs counts; one that is over is no reason to cut work off at once.
  if (left() == milliseconds(0)) set_deadline(patience);
  timer_ = timers_.arm(deadline_steady_, [this] { time_is_up_.request(); });
  moved_.notify_all();
}

task<> lifecycle::until_stop() {
  while (!stopping_) co_await moved_.wait();
}

}  // namespace triggerd
