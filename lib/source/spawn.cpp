#include "source/spawn.hpp"

#include "base/text.hpp"
#include "source/codes.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <map>
#include <system_error>

namespace triggerd::source {

namespace {

constexpr const char* usual_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

struct pipe_ends {
  int ours = -1;
  int theirs = -1;
  ~pipe_ends() {
    if (ours >= 0) ::close(ours);
    if (theirs >= 0) ::close(theirs);
  }
  // Only our end is non-blocking: a program may rightly not expect EAGAIN from its standard output.
  bool open() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    ours = ends[0];
    theirs = ends[1];
    return ::fcntl(ours, F_SETFL, O_NONBLOCK) == 0;
  }
  int give() { return std::exchange(ours, -1); }
};

class file_actions {
 public:
  file_actions() { ::posix_spawn_file_actions_init(&actions_); }
  ~file_actions() { ::posix_spawn_file_actions_destroy(&actions_); }
  file_actions(const file_actions&) = delete;
  file_actions& operator=(const file_actions&) = delete;

  void fill(const process_spec& what, int out, int err) {
    ::posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, out, 1);
    ::posix_spawn_file_actions_adddup2(&actions_, err, 2);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
    if (!what.directory.empty()) ::posix_spawn_file_actions_addchdir_np(&actions_, what.directory.c_str());
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

class attributes {
 public:
  attributes() {
    ::posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::sigdelset(&all, SIGKILL);
    ::sigdelset(&all, SIGSTOP);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~attributes() { ::posix_spawnattr_destroy(&attributes_); }
  attributes(const attributes&) = delete;
  attributes& operator=(const attributes&) = delete;
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const std::string& one : texts) out.push_back(const_cast<char*>(one.c_str()));
  out.push_back(nullptr);
  return out;
}

error not_started(const process_spec& what, const std::string& why) {
  const std::string program = what.argv.empty() ? "the program" : text::printable(what.argv[0], 200);
  return fail(codes::not_started, program + ": cannot be started: " + why);
}

std::string system_words(int number) { return std::generic_category().message(number); }

bool holds_nul(const process_spec& what) {
  for (const std::string& one : what.argv)
    if (one.find('\0') != std::string::npos) return true;
  for (const auto& [name, value] : what.environment)
    if ((name + value).find('\0') != std::string::npos || name.find('=') != std::string::npos) return true;
  return what.directory.find('\0') != std::string::npos;
}

}  // namespace

std::vector<std::string> child_environment(const process_spec& what) {
  std::map<std::string, std::string> merged{{"PATH", usual_path}};
  for (const char* name : {"PATH", "HOME", "LANG", "TZ"})
    if (const char* value = std::getenv(name)) merged[name] = value;
  for (const auto& [name, value] : what.environment) merged[name] = value;
  std::vector<std::string> out;
  for (const auto& [name, value] : merged) out.push_back(name + "=" + value);
  return out;
}

result<spawned> spawn(const process_spec& what) {
  if (what.argv.empty() || what.argv[0].empty()) return not_started(what, "its command is empty");
  if (holds_nul(what)) return not_started(what, "an argument or variable holds a character it cannot hold");
  pipe_ends out, err;
  if (!out.open() || !err.open()) return not_started(what, system_words(errno));

  file_actions files;
  files.fill(what, out.theirs, err.theirs);
  const attributes manners;
  const std::vector<std::string> environment = child_environment(what);
  const std::vector<char*> argv = pointers(what.argv), envp = pointers(environment);
  spawned child;
  const int failed =
      ::posix_spawnp(&child.pid, what.argv[0].c_str(), files.get(), manners.get(), argv.data(), envp.data());
  if (failed != 0) return not_started(what, system_words(failed));

  // Nobody else reaps our children, so the id still means this one.
  child.pidfd = static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0));
  if (child.pidfd < 0) {
    const int why = errno;
    ::kill(-child.pid, SIGKILL);
    ::waitpid(child.pid, nullptr, 0);
    return not_started(what, system_words(why));
  }
  child.out = out.give();
  child.err = err.give();
  return child;
}

}  // namespace triggerd::source
