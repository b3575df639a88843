#include "process.hpp"

#include "base/limits.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

namespace triggerd::process {

void hide_memory() {
  const rlimit none{0, 0};
  (void)::setrlimit(RLIMIT_CORE, &none);
  (void)::prctl(PR_SET_DUMPABLE, 0);
}

void close_up() {
  ::umask(077);
  hide_memory();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on the size of files is a disk that refuses, and not the end
}

std::size_t open_files() {
  rlimit now{};
  if (::getrlimit(RLIMIT_NOFILE, &now) != 0) return 1'024;
  const rlim_t before = now.rlim_cur;
  now.rlim_cur = now.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &now) != 0) now.rlim_cur = before;
  return static_cast<std::size_t>(std::min<rlim_t>(now.rlim_cur, limits::open_files));
}

std::size_t most_clients(std::size_t open_files) {
  const std::size_t taken = limits::requests_in_flight + limits::control_sessions + limits::files_of_our_own;
  const std::size_t each = limits::idle_connections + 2;  // curl's wake-up pair
  const std::size_t fit = open_files > taken ? (open_files - taken) / each : 0;
  return std::clamp<std::size_t>(fit, 8, limits::live_clients);
}

}  // namespace triggerd::process
