// Keeps the ledger from growing for ever: prunes once after a start, and again some time after fires have ended.
#pragma once

#include "base/async.hpp"

#include <functional>

namespace triggerd {

class retention {
 public:
  retention(asio::any_io_executor loop, timers& timers, const clock& time, std::function<task<>()> prune);
  ~retention();
  retention(const retention&) = delete;
  retention& operator=(const retention&) = delete;

  void start();       // the first pruning
  void fire_ended();  // one more is due within limits::prune_gap
  task<> close();

 private:
  void run();

  timers& timers_;
  const clock& clock_;
  std::function<task<>()> prune_;
  timer_id timer_ = 0;
  bool closing_ = false;
  task_group children_;
};

}  // namespace triggerd
