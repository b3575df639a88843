#include "spare_memory.hpp"

#include "base/limits.hpp"

namespace triggerd {

spare_memory::spare_memory(timers& timers, const clock& time, std::function<void()> give_back)
    : timers_(timers), clock_(time), give_back_(std::move(give_back)) {}

spare_memory::~spare_memory() { timers_.disarm(timer_); }

void spare_memory::work_ended() {
  worked_ = true;
  if (timer_ == 0) arm(milliseconds(0));
}

void spare_memory::arm(milliseconds in) {
  timer_ = timers_.arm(clock_.steady() + in, [this] {
    timer_ = 0;
    run();
  });
}

void spare_memory::run() {
  give_back_();
  if (worked_) arm(limits::memory_returned);
  worked_ = false;
}

}  // namespace triggerd
