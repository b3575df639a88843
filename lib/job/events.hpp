// What moved, for streams, metrics and the log: a bounded memory of recent events and those who listen now.
#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <string>
#include <string_view>

namespace triggerd::job {

enum class event_level { info, warning, error };
std::string_view name(event_level l);

struct event {
  std::uint64_t seq = 0;  // counts up by one since start
  instant at{};
  std::string kind = {};  // as the interface's Event says
  std::string job = {}, fire = {}, target = {}, state = {};
  event_level level = event_level::info;
  std::string text = {};
};

// Single-threaded. Listeners run inside publish(), in order of registration; they must not publish.
class event_hub {
 public:
  explicit event_hub(const clock& time) : clock_(time) {}
  event_hub(const event_hub&) = delete;
  event_hub& operator=(const event_hub&) = delete;

  void publish(event what);  // gives it seq and instant
  const std::deque<event>& recent() const { return recent_; }

  using listener = std::function<void(const event&)>;
  class subscription {
   public:
    subscription(event_hub& hub, listener run);
    ~subscription();
    subscription(const subscription&) = delete;
    subscription& operator=(const subscription&) = delete;

   private:
    event_hub& hub_;
    std::list<listener>::iterator place_;
  };

 private:
  const clock& clock_;
  std::uint64_t last_ = 0;
  std::deque<event> recent_;
  std::list<listener> listeners_;
};

}  // namespace triggerd::job
