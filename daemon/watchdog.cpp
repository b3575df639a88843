#include "watchdog.hpp"

namespace triggerd {

watchdog::watchdog(asio::any_io_executor loop, timers& timers, const clock& time, milliseconds interval,
                   std::function<task<>()> probe, std::function<void()> alive)
    : timers_(timers),
      clock_(time),
      half_(interval / 2),
      probe_(std::move(probe)),
      alive_(std::move(alive)),
      children_(loop) {
  beat();
}

watchdog::~watchdog() { timers_.disarm(timer_); }

void watchdog::beat() {
  if (closing_) return;
  timer_ = timers_.arm(clock_.steady() + half_, [this] { beat(); });
  if (asking_) return;  // no answer to the last question: no word
  asking_ = true;
  children_.spawn(ask());
}

task<> watchdog::ask() {
  co_await probe_();
  asking_ = false;
  alive_();
}

task<> watchdog::close() {
  closing_ = true;
  timers_.disarm(timer_);
  co_await children_.join();
}

}  // namespace triggerd
