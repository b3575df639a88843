#include "process.hpp"
#include "base/limits.hpp"
#include "clock_watch.hpp"
#include "command_line.hpp"
#include "lifecycle.hpp"
#include "memory.hpp"
#include "notify.hpp"
#include "retention.hpp"
#include "roles.hpp"
#include "spare_memory.hpp"
#include "unit/daemon/world.hpp"
#include "watchdog.hpp"

using namespace triggerd;

namespace {

task<> wait_for_stop(lifecycle& life, bool& stopped) {
  co_await life.until_stop();
  stopped = true;
}

task<> nothing(int& times) {
  ++times;
  co_return;
}

task<> as_told(int& asked, condition& answer) {
  ++asked;
  co_await answer.wait();
}

std::optional<command_line> typed(std::vector<const char*> words, int& code) {
  words.insert(words.begin(), "triggerd");
  return read_command_line(static_cast<int>(words.size()), words.data(), code);
}

}  // namespace

TEST_CASE("a stop drains until its deadline; asked again it is over at once") {
  test::virtual_time time;
  lifecycle life(time, time);
  bool stopped = false;
  time.spawn(wait_for_stop(life, stopped));
  time.run();
  CHECK_FALSE(stopped);
  life.stop(seconds(45));
  time.run();
  CHECK(stopped);
  CHECK(life.left() == seconds(45));
  time.advance(seconds(44));
  CHECK_FALSE(life.time_is_up().requested());
  SUBCASE("the deadline passes") {
    time.advance(seconds(1));
    CHECK(life.time_is_up().requested());
    CHECK_FALSE(life.in_a_hurry());
    CHECK(life.left() == seconds(0));
  }
  SUBCASE("somebody asks again") {
    life.stop(seconds(45));
    CHECK(life.time_is_up().requested());
    CHECK(life.in_a_hurry());
  }
}

TEST_CASE("a drain does not end the daemon, and a later stop respects what is left of it") {
  test::virtual_time time;
  lifecycle life(time, time);
  life.drain(seconds(10));
  CHECK(life.draining());
  CHECK_FALSE(life.stopping());
  const auto deadline = life.deadline();
  life.drain(seconds(99));
  CHECK(life.deadline() == deadline);
  SUBCASE("in time") {
    time.advance(seconds(4));
    life.stop(seconds(45));
    CHECK(life.left() == seconds(6));
  }
  SUBCASE("long after it was over") {
    time.advance(seconds(60));
    CHECK_FALSE(life.time_is_up().requested());
    life.stop(seconds(45));
    CHECK(life.left() == seconds(45));
  }
}

TEST_CASE("the watchdog is fed at half its interval, only while the writer answers") {
  test::virtual_time time;
  int asked = 0, fed = 0;
  condition answer;
  watchdog guard(
      time.loop().get_executor(), time, time, seconds(30), [&] { return as_told(asked, answer); }, [&fed] { ++fed; });
  time.run();
  CHECK(asked == 1);
  CHECK(fed == 0);
  answer.notify_all();
  time.run();
  CHECK(fed == 1);
  time.advance(seconds(15));
  CHECK(asked == 2);
  time.advance(seconds(60));
  CHECK(asked == 2);  // the question of a minute ago is still open
  CHECK(fed == 1);
  answer.notify_all();
  time.run();
  CHECK(fed == 2);
  time.advance(seconds(15));
  CHECK(asked == 3);
  answer.notify_all();
  time.spawn(guard.close());
  time.run();
  CHECK(time.armed() == 0);
}

TEST_CASE("the ledger is pruned at the start and after fires have ended, and otherwise no timer runs") {
  test::virtual_time time;
  int pruned = 0;
  retention keeper(time.loop().get_executor(), time, time, [&pruned] { return nothing(pruned); });
  keeper.start();
  time.run();
  CHECK(pruned == 1);
  CHECK(time.armed() == 0);
  keeper.fire_ended();
  keeper.fire_ended();
  CHECK(time.armed() == 1);
  time.advance(limits::prune_gap);
  CHECK(pruned == 2);
  CHECK(time.armed() == 0);
  keeper.fire_ended();
  time.spawn(keeper.close());
  time.run();
  CHECK(time.armed() == 0);
  keeper.fire_ended();
  CHECK(time.armed() == 0);
}

TEST_CASE("memory is given back when work has ended and when its connections are closed, and no more often") {
  test::virtual_time time;
  int given = 0;
  spare_memory memory(time, time, [&given] { ++given; });
  CHECK(time.armed() == 0);
  memory.work_ended();
  memory.work_ended();
  time.run();
  CHECK(given == 1);
  for (int i = 0; i < 10; ++i) memory.work_ended();
  time.run();
  CHECK(given == 1);
  time.advance(limits::client_idle * 2);
  CHECK(given == 2);
  time.advance(limits::client_idle * 2);
  CHECK(given == 3);  // of what ended after the first time
  time.advance(std::chrono::hours(1));
  CHECK(given == 3);
  CHECK(time.armed() == 0);
}

TEST_CASE("the service manager is told in its own words") {
  std::vector<std::string> said;
  service_manager manager([&said](const std::string& state) { said.push_back(state); });
  manager.ready("serving 1 job on 2 targets");
  manager.reloading(steady_time(seconds(5)));
  manager.stopping("draining: 3 fires left, 41 s");
  manager.needs(seconds(51));
  manager.alive();
  CHECK(said == std::vector<std::string>{"READY=1\nSTATUS=serving 1 job on 2 targets",
                                         "RELOADING=1\nMONOTONIC_USEC=5000000\nSTATUS=reading the files again",
                                         "STOPPING=1\nSTATUS=draining: 3 fires left, 41 s",
                                         "EXTEND_TIMEOUT_USEC=51000000", "WATCHDOG=1"});
}

TEST_CASE("without a unit nobody wants to hear that we live") {
  ::unsetenv("WATCHDOG_USEC");
  CHECK_FALSE(systemd_watchdog());
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  CHECK(systemd_watchdog() == seconds(30));
  ::unsetenv("WATCHDOG_USEC");
  ::unsetenv("WATCHDOG_PID");
}

TEST_CASE("live clients follow from how many files may be open") {
  CHECK(process::most_clients(256) == 8);
  CHECK(process::most_clients(1'024) < process::most_clients(65'536));
  CHECK(process::most_clients(65'536) > 3'000);
  CHECK(process::most_clients(1u << 20) == limits::live_clients);
  CHECK(process::open_files() >= 256);
  CHECK(memory::resident_bytes() > 1'000'000);
}

TEST_CASE("roles go to the users and groups that exist") {
  test::virtual_time time;
  test::log_reader reader;
  const auto log = test::log_to(reader, time);
  std::vector<spec::socket_allow> allowed(3);
  allowed[0].group = "root";
  allowed[0].as = spec::role::operate;
  allowed[1].user = "no-such-user-here";
  allowed[2].user = "4711";
  allowed[2].as = spec::role::admin;
  const auto rules = rules_of(allowed, *log);
  REQUIRE(rules.size() == 2);
  CHECK(rules[0].group == gid_t{0});
  CHECK(rules[0].grants == control::role::operate);
  CHECK(rules[1].user == uid_t{4711});
  CHECK(rules[1].grants == control::role::admin);
  CHECK(reader.all().find("no-such-user-here") != std::string::npos);
}

TEST_CASE("the command line knows the daemon and the check of its files") {
  int code = -1;
  auto said = typed({}, code);
  REQUIRE(said);
  CHECK_FALSE(said->check);
  CHECK(said->config.empty());
  said = typed({"--config", "/a.toml"}, code);
  REQUIRE(said);
  CHECK(said->config == "/a.toml");
  said = typed({"check", "--config", "/b.toml", "--json", "--connect", "--deny-warnings"}, code);
  REQUIRE(said);
  CHECK(said->check);
  CHECK(said->config == "/b.toml");
  CHECK(said->json);
  CHECK(said->connect);
  CHECK(said->deny_warnings);
  CHECK_FALSE(typed({"--no-such-option"}, code));
  CHECK(code == 64);
  CHECK_FALSE(typed({"chekc"}, code));
  CHECK(code == 64);
  CHECK_FALSE(typed({"--version"}, code));
  CHECK(code == 0);
}

TEST_CASE("the ledger is tended by three commands, two of which want a file") {
  using verb = ledger_command::verb;
  int code = 0;
  auto said = typed({"ledger", "export", "backup", "--config", "/a.toml"}, code);
  REQUIRE(said);
  CHECK(said->ledger.what == verb::take_out);
  CHECK(said->ledger.file == "backup");
  CHECK(said->config == "/a.toml");
  said = typed({"--config", "/a.toml", "ledger", "import", "-"}, code);
  REQUIRE(said);
  CHECK(said->ledger.what == verb::bring_in);
  CHECK(said->ledger.file == "-");
  CHECK(said->config == "/a.toml");
  said = typed({"ledger", "new"}, code);
  REQUIRE(said);
  CHECK(said->ledger.what == verb::begin);
  said = typed({"check"}, code);
  REQUIRE(said);
  CHECK(said->ledger.what == verb::none);
  for (const std::vector<const char*>& words :
       {std::vector<const char*>{"ledger"}, {"ledger", "burn"}, {"ledger", "export"}, {"ledger", "new", "file"}}) {
    code = 0;
    CHECK_FALSE(typed(words, code));
    CHECK(code == 64);
  }
}
