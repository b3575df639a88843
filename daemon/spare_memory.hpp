// Gives memory back that work took and nobody holds any more: once work has ended, and again when the connections that
// it left behind are closed. Seldom, since work that begins anew pays for it with page faults.
#pragma once

#include "base/timers.hpp"

#include <functional>

namespace triggerd {

class spare_memory {
 public:
  spare_memory(timers& timers, const clock& time, std::function<void()> give_back);
  ~spare_memory();
  spare_memory(const spare_memory&) = delete;
  spare_memory& operator=(const spare_memory&) = delete;

  void work_ended();  // at once, unless it was done a short while ago

 private:
  void arm(milliseconds in);
  void run();

  timers& timers_;
  const clock& clock_;
  std::function<void()> give_back_;
  timer_id timer_ = 0;
  bool worked_ = false;
};

}  // namespace triggerd
