// Tells the service manager that we live, but only while the loop turns and the ledger's writer answers.
#pragma once

#include "base/async.hpp"

#include <functional>

namespace triggerd {

class watchdog {
 public:
  // `probe` completes when the writer has answered; `alive` says so. Both are asked every half `interval`.
  watchdog(asio::any_io_executor loop, timers& timers, const clock& time, milliseconds interval,
           std::function<task<>()> probe, std::function<void()> alive);
  ~watchdog();
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

  task<> close();

 private:
  void beat();
  task<> ask();

  timers& timers_;
  const clock& clock_;
  milliseconds half_;
  std::function<task<>()> probe_;
  std::function<void()> alive_;
  bool asking_ = false;
  bool closing_ = false;
  timer_id timer_ = 0;
  task_group children_;
};

}  // namespace triggerd
