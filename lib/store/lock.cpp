#include "store/lock.hpp"

#include "base/text.hpp"
#include "store/codes.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace triggerd::store {

namespace {

std::string holder(int file) {
  std::array<char, 32> bytes{};
  const ssize_t got = ::pread(file, bytes.data(), bytes.size(), 0);
  const std::string_view words(bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  const std::string_view pid = text::trim(words);
  if (pid.empty() || pid.find_first_not_of("0123456789") != std::string_view::npos) return "another process";
  return "process " + std::string(pid);
}

}  // namespace

result<state_lock> state_lock::take(const std::string& state_dir) {
  const std::string path = state_dir + "/lock";
  descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return system_trouble(path, "open", errno);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_trouble(path, "lock", errno);
    return fail(codes::locked, state_dir + " is in use by " + holder(file.get()) +
                                   "; stop it first, or give this one another state_dir");
  }
  // The number is for people; a full disk must not keep the daemon from starting for its sake.
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.get(), 0) == 0) (void)!::pwrite(file.get(), pid.data(), pid.size(), 0);
  return state_lock(std::move(file));
}

}  // namespace triggerd::store
