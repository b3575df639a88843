#include "integration/interposed.hpp"

#include <dlfcn.h>
#include <netdb.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <string_view>

namespace {

std::mutex lookup_mutex;
std::condition_variable lookup_changed;
bool lookups_slow = false;
std::atomic<bool> epoll_refuses = false;

}  // namespace

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** found) {
  const std::string_view name = node ? node : "";
  if (name.ends_with(".invalid")) return EAI_NONAME;
  if (name == "slow.test") {
    std::unique_lock lock(lookup_mutex);
    lookup_changed.wait(lock, [] { return !lookups_slow; });
    return EAI_AGAIN;
  }
  using function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(node, service, hints, found);
}

extern "C" int epoll_ctl(int set, int operation, int descriptor, epoll_event* event) noexcept {
  if (operation == EPOLL_CTL_ADD && epoll_refuses) {
    errno = ENOSPC;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_epoll_ctl, set, operation, descriptor, event));
}

namespace triggerd::test {

slow_lookups::slow_lookups() {
  const std::lock_guard lock(lookup_mutex);
  lookups_slow = true;
}

slow_lookups::~slow_lookups() {
  const std::lock_guard lock(lookup_mutex);
  lookups_slow = false;
  lookup_changed.notify_all();
}

refusing_epoll::refusing_epoll() { epoll_refuses = true; }
refusing_epoll::~refusing_epoll() { epoll_refuses = false; }

}  // namespace triggerd::test
