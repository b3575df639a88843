#include "unit/source/samples.hpp"

#include "source/codes.hpp"
#include "source/process.hpp"
#include "source/spawn.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <functional>
#include <map>
#include <sstream>

using namespace triggerd;
using namespace triggerd::source;
using namespace triggerd::test;

namespace {

// Timers that wait to be told. A limit passes when the child is where the test wants it, not after some time.
class told_timers final : public timers {
 public:
  timer_id arm(steady_time, callback run) override {
    armed_.emplace(++last_, std::move(run));
    return last_;
  }
  void disarm(timer_id id) override { armed_.erase(id); }
  bool pass() {  // the oldest one; false when none is armed
    if (armed_.empty()) return false;
    const auto run = std::move(armed_.begin()->second);
    armed_.erase(armed_.begin());
    run();
    return true;
  }

 private:
  std::map<timer_id, callback> armed_;
  timer_id last_ = 0;
};

struct stage {
  asio::io_context loop{1};
  machine_clock time;
  told_timers timers;
  cancellation cancel;

  // Looks for a file of the child's every millisecond, then acts.
  void when_written(std::string path, std::function<void()> act) {
    looks.arm(time.steady() + milliseconds(1), [this, path = std::move(path), act = std::move(act)] {
      std::ifstream in(path);
      std::string words;
      if (std::getline(in, words)) act();
      else when_written(path, act);
    });
  }
  loop_timers looks{loop, time};

  result<process_output> run(process_spec what) {
    std::optional<result<process_output>> out;
    asio::co_spawn(
        loop,
        [](stage& s, process_spec spec, std::optional<result<process_output>>& place) -> task<> {
          auto got = co_await run_process(std::move(spec), s.timers, s.time, s.cancel);
          place.emplace(std::move(got));
        }(*this, std::move(what), out),
        [](std::exception_ptr failure) {
          if (failure) std::rethrow_exception(failure);
        });
    loop.restart();
    loop.run();
    REQUIRE(out.has_value());
    CHECK_MESSAGE((::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD), "a child was left unreaped");
    return std::move(*out);
  }
};

process_spec sh(const std::string& script) {
  process_spec what;
  what.argv = {"/bin/sh", "-c", script};
  what.timeout = seconds(20);
  return what;
}

bool is_gone(const std::string& pid_words) {
  const int pid = std::atoi(pid_words.c_str());
  REQUIRE(pid > 1);
  for (int i = 0; i < 2'000; ++i) {
    // A killed orphan stays visible until its new parent reaps it.
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string words;
    if (!std::getline(stat, words) || words.find(") Z ") != std::string::npos) return true;
    ::usleep(1'000);
  }
  return false;
}

std::string content(const std::string& path) {
  std::ifstream in(path);
  std::string words;
  std::getline(in, words);
  return words;
}

}  // namespace

TEST_CASE("what a program prints comes back whole, its standard error beside it") {
  stage s;
  const auto out = s.run(sh("echo out; echo err >&2; echo more"));
  REQUIRE(out.has_value());
  CHECK(out->out == "out\nmore\n");
  CHECK(out->said == "err");
}

TEST_CASE("much output passes whole up to its limit") {
  stage s;
  process_spec what = sh("head -c 3000000 /dev/zero");
  what.most_output = 3'000'000;
  CHECK(s.run(what)->out.size() == 3'000'000);
}

TEST_CASE("arguments are passed as they are, without a shell") {
  stage s;
  process_spec what;
  what.argv = {"printf", "%s|", "$HOME", "a b", "*", ""};
  CHECK(s.run(what)->out == "$HOME|a b|*||");
}

TEST_CASE("the environment holds PATH, HOME, LANG, TZ and what was given, nothing else") {
  ::setenv("TRIGGERD_TEST_LEAK", "secret", 1);
  ::setenv("HOME", "/home/of/test", 1);
  stage s;
  process_spec what;
  what.argv = {"/usr/bin/env"};
  what.environment = {{"GIVEN", "1"}, {"GIVEN", "2"}, {"HOME", "/other"}};
  const auto out = s.run(what);
  REQUIRE(out.has_value());
  CHECK(out->out.find("GIVEN=2\n") != std::string::npos);
  CHECK(out->out.find("HOME=/other\n") != std::string::npos);
  CHECK(out->out.find("PATH=") != std::string::npos);
  CHECK(out->out.find("TRIGGERD_TEST_LEAK") == std::string::npos);
}

TEST_CASE("the program sees no descriptor of ours, an empty input and default signals") {
  ::signal(SIGPIPE, SIG_IGN);
  const int leak = ::open("/dev/null", O_RDONLY);  // without close-on-exec, on purpose
  REQUIRE(leak > 2);
  stage s;
  const auto out = s.run(sh("ls /proc/self/fd; wc -c; sed -n 's/^Sig[IB].*\t//p' /proc/self/status"));
  ::close(leak);
  REQUIRE(out.has_value());
  REQUIRE(out->out.starts_with("0\n1\n2\n3\n0\n"));  // 3 is ls's own
  std::istringstream masks(out->out.substr(10));
  std::uint64_t blocked = 1, ignored = 1;
  masks >> std::hex >> blocked >> ignored;
  CHECK(blocked == 0);
  constexpr std::uint64_t libc_own = 3ull << 31;  // glibc leaves its two internal signals ignored in a child
  CHECK((ignored & ~libc_own) == 0);
}

TEST_CASE("a program starts where it is told to") {
  temporary_directory place;
  stage s;
  process_spec what = sh("pwd -P");
  what.directory = place.path();
  CHECK(s.run(what)->out == std::filesystem::canonical(place.path()).string() + "\n");
}

TEST_CASE("a failing program is an error with its status and its last words, not its output") {
  stage s;
  const auto out = s.run(sh("echo data; printf 'bad \\033[31mthing\\n' >&2; exit 3"));
  REQUIRE_FALSE(out.has_value());
  CHECK(out.error().code == source::codes::command_failed);
  CHECK(out.error().message == "/bin/sh: ended with status 3");
  CHECK(out.error().peer == "bad \\x1b[31mthing");
}

TEST_CASE("a program ended by a signal says so") {
  stage s;
  CHECK(s.run(sh("kill -SEGV $$")).error().message == "/bin/sh: was ended by signal 11");
}

TEST_CASE("only the end of a long standard error is kept") {
  stage s;
  const auto out = s.run(sh("i=0; while [ $i -lt 2000 ]; do echo line-$i >&2; i=$((i+1)); done; exit 1"));
  REQUIRE_FALSE(out.has_value());
  CHECK(out.error().peer.size() <= limits::exec_words + 3);
  CHECK(out.error().peer.find("line-1999") != std::string::npos);
  CHECK(out.error().peer.find("line-1000") == std::string::npos);
}

TEST_CASE("a program that cannot be started says why and names only itself") {
  stage s;
  process_spec what;
  what.argv = {"/nonexistent/program", "hunter2"};
  const auto missing = s.run(what);
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().code == source::codes::not_started);
  CHECK(missing.error().message == "/nonexistent/program: cannot be started: No such file or directory");
  temporary_directory place;
  what.argv = {place.file("script", "#!/bin/sh\n")};
  CHECK(s.run(what).error().message.find("Permission denied") != std::string::npos);
  what.argv = {};
  CHECK(s.run(what).error().code == source::codes::not_started);
  what.argv = {std::string("/bin/echo\0x", 11)};
  CHECK(s.run(what).error().code == source::codes::not_started);
  what = sh("true");
  what.directory = "/nonexistent";
  CHECK(s.run(what).error().code == source::codes::not_started);
}

TEST_CASE("a program that hangs is asked to end at its timeout") {
  temporary_directory place;
  stage s;
  process_spec what =
      sh("trap 'echo terminated >&2; exit 0' TERM; echo here > " + place.path() + "/up; while :; do sleep 0.02; done");
  what.timeout = milliseconds(150);
  s.when_written(place.path() + "/up", [&s] { CHECK(s.timers.pass()); });
  const auto out = s.run(what);
  REQUIRE_FALSE(out.has_value());
  CHECK(out.error().code == source::codes::command_timeout);
  CHECK(out.error().message == "/bin/sh: did not end within 150ms and was stopped");
  CHECK(out.error().peer.find("terminated") != std::string::npos);
}

TEST_CASE("a program that ignores TERM is killed after the grace, with its children") {
  temporary_directory place;
  stage s;
  s.when_written(place.path() + "/pid", [&] {
    CHECK(s.timers.pass());
    s.when_written(place.path() + "/pid", [&] { CHECK(s.timers.pass()); });
  });
  const auto out = s.run(sh("trap '' TERM; sleep 60 & echo $! > " + place.path() + "/pid; wait; wait; wait"));
  REQUIRE_FALSE(out.has_value());
  CHECK(out.error().code == source::codes::command_timeout);
  CHECK(is_gone(content(place.path() + "/pid")));
}

TEST_CASE("a program that prints too much is killed at once") {
  stage s;
  process_spec what = sh("trap '' TERM; while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyy; done");
  what.most_output = 10'000;
  const auto out = s.run(what);
  REQUIRE_FALSE(out.has_value());
  CHECK(out.error().code == source::codes::command_output);
  CHECK(out.error().message.find("more than 10000 bytes") != std::string::npos);
}

TEST_CASE("one byte over the limit is too much, also from a program that has ended") {
  stage s;
  process_spec what = sh("printf 12345");
  what.most_output = 4;
  CHECK(s.run(what).error().code == source::codes::command_output);
  what.most_output = 5;
  stage again;
  CHECK(again.run(what)->out == "12345");
}

TEST_CASE("a grandchild that holds the pipes open does not keep us, and is killed") {
  temporary_directory place;
  stage s;
  const auto out = s.run(sh("sleep 60 & echo $! > " + place.path() + "/pid; echo done"));
  REQUIRE(out.has_value());
  CHECK(out->out == "done\n");
  CHECK(is_gone(content(place.path() + "/pid")));
}

TEST_CASE("a grandchild that left the group does not keep us either") {
  temporary_directory place;
  stage s;
  const auto out = s.run(sh("setsid sh -c 'echo $$ > " + place.path() + "/pid; exec sleep 60' & while [ ! -s " +
                            place.path() + "/pid ]; do sleep 0.01; done; echo done"));
  ::kill(std::atoi(content(place.path() + "/pid").c_str()), SIGKILL);
  REQUIRE(out.has_value());
  CHECK(out->out == "done\n");
}

TEST_CASE("cancelling stops the program and says cancelled") {
  stage s;
  temporary_directory place;
  s.when_written(place.path() + "/up", [&s] { s.cancel.request(); });
  const auto out = s.run(sh("echo here > " + place.path() + "/up; exec sleep 60"));
  REQUIRE_FALSE(out.has_value());
  CHECK(out.error().code == triggerd::codes::cancelled);
  stage before;
  before.cancel.request();
  CHECK(before.run(sh("exit 1")).error().code == triggerd::codes::cancelled);
}

TEST_CASE("cancelling a program that ignores TERM ends in KILL") {
  temporary_directory place;
  stage s;
  s.when_written(place.path() + "/up", [&] {
    s.cancel.request();
    s.when_written(place.path() + "/up", [&] { CHECK(s.timers.pass()); });
  });
  const auto out = s.run(sh("trap '' TERM; echo here > " + place.path() + "/up; while :; do sleep 0.02; done"));
  REQUIRE_FALSE(out.has_value());
  CHECK(out.error().code == triggerd::codes::cancelled);
}

TEST_CASE("many programs at once each get their own output") {
  stage s;
  std::vector<std::string> outs(20);
  for (std::size_t i = 0; i < outs.size(); ++i)
    asio::co_spawn(
        s.loop,
        [](stage& on, std::size_t number, std::string& place) -> task<> {
          process_spec what = sh("echo " + std::to_string(number));
          const auto got = co_await run_process(std::move(what), on.timers, on.time, on.cancel);
          if (got) place = got->out;
        }(s, i, outs[i]),
        [](std::exception_ptr failure) {
          if (failure) std::rethrow_exception(failure);
        });
  s.loop.run();
  for (std::size_t i = 0; i < outs.size(); ++i) CHECK(outs[i] == std::to_string(i) + "\n");
}
