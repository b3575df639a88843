// One epoll set and what is due later. Delays come in a few lengths only, so that each length is a queue in order.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>

namespace origin {

class watcher {
 public:
  virtual ~watcher() = default;
  virtual void ready(std::uint32_t events) = 0;  // may end the watcher
};

class loop {
 public:
  loop();

  void watch(int descriptor, std::uint32_t events, watcher& who);
  void change(int descriptor, std::uint32_t events, watcher& who);
  void after(std::chrono::milliseconds delay, std::function<void()> what);
  [[noreturn]] void run();

 private:
  using clock = std::chrono::steady_clock;
  struct due {
    clock::time_point at;
    std::function<void()> what;
  };

  std::chrono::nanoseconds until_next() const;
  void run_due();

  int set_;
  std::map<std::chrono::milliseconds, std::deque<due>> queues_;
};

}  // namespace origin
