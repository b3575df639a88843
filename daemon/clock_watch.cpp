#include "clock_watch.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

namespace triggerd {

clock_watch::clock_watch(boost::asio::io_context& loop, log& to, std::function<void()> changed)
    : timer_(loop), changed_(std::move(changed)) {
  const int descriptor = ::timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  if (descriptor >= 0) timer_.assign(descriptor);
  if (descriptor < 0 || !arm()) {
    to.warning("the kernel will not say when the clock is set; schedules follow it only as they come due");
    return;
  }
  wait();
}

// A timer that never ends, but for the one event that cancels it.
bool clock_watch::arm() {
  itimerspec never{};
  never.it_value.tv_sec = std::numeric_limits<decltype(never.it_value.tv_sec)>::max();
  const int flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
  return ::timerfd_settime(timer_.native_handle(), flags, &never, nullptr) == 0;
}

void clock_watch::wait() {
  timer_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code ec) {
    if (ec) return;
    std::uint64_t expirations = 0;
    const bool set = ::read(timer_.native_handle(), &expirations, sizeof expirations) < 0 && errno == ECANCELED;
    if (!arm()) return;
    if (set) changed_();
    wait();
  });
}

void clock_watch::close() {
  boost::system::error_code ignored;
  timer_.close(ignored);
}

}  // namespace triggerd
