#include "bench/origin/loop.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace origin {
namespace {

constexpr int events_at_once = 256;

void control(int set, int what, int descriptor, std::uint32_t events, watcher& who) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &who;
  if (::epoll_ctl(set, what, descriptor, &event) != 0) throw std::system_error(errno, std::generic_category(), "epoll");
}

}  // namespace

loop::loop() : set_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (set_ < 0) throw std::system_error(errno, std::generic_category(), "epoll");
}

void loop::watch(int descriptor, std::uint32_t events, watcher& who) {
  control(set_, EPOLL_CTL_ADD, descriptor, events, who);
}

void loop::change(int descriptor, std::uint32_t events, watcher& who) {
  control(set_, EPOLL_CTL_MOD, descriptor, events, who);
}

void loop::after(std::chrono::milliseconds delay, std::function<void()> what) {
  queues_[delay].push_back({clock::now() + delay, std::move(what)});
}

void loop::run() {
  std::array<epoll_event, events_at_once> events;
  for (;;) {
    const auto wait = until_next();
    const timespec limit{.tv_sec = wait.count() / 1'000'000'000, .tv_nsec = wait.count() % 1'000'000'000};
    const int ready = ::epoll_pwait2(set_, events.data(), events_at_once, wait.count() < 0 ? nullptr : &limit, nullptr);
    for (int i = 0; i < ready; ++i) static_cast<watcher*>(events[i].data.ptr)->ready(events[i].events);
    run_due();
  }
}

// Negative: nothing is due.
std::chrono::nanoseconds loop::until_next() const {
  auto next = clock::time_point::max();
  for (const auto& [delay, queue] : queues_)
    if (!queue.empty()) next = std::min(next, queue.front().at);
  if (next == clock::time_point::max()) return std::chrono::nanoseconds(-1);
  return std::max(std::chrono::nanoseconds(next - clock::now()), std::chrono::nanoseconds(0));
}

void loop::run_due() {
  for (auto& [delay, queue] : queues_) {
    if (queue.empty()) continue;
    const auto now = clock::now();
    while (!queue.empty() && queue.front().at <= now) {
      const auto what = std::move(queue.front().what);
      queue.pop_front();
      what();
    }
  }
}

}  // namespace origin
