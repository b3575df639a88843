#include "retention.hpp"

#include "base/limits.hpp"

namespace triggerd {

retention::retention(asio::any_io_executor loop, timers& timers, const clock& time, std::function<task<>()> prune)
    : timers_(timers), clock_(time), prune_(std::move(prune)), children_(loop) {}

retention::~retention() { timers_.disarm(timer_); }

void retention::start() { run(); }

void retention::fire_ended() {
  if (timer_ != 0 || closing_) return;
  timer_ = timers_.arm(clock_.steady() + limits::prune_gap, [this] {
    timer_ = 0;
    run();
  });
}

void retention::run() {
  if (!closing_ && children_.size() == 0) children_.spawn(prune_());
}

task<> retention::close() {
  closing_ = true;
  timers_.disarm(timer_);
  timer_ = 0;
  co_await children_.join();
}

}  // namespace triggerd
