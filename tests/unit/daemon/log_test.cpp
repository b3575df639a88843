#include "base/limits.hpp"
#include "event_log.hpp"
#include "unit/daemon/world.hpp"

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace triggerd;

namespace {

log_record sample() {
  log_record out;
  out.level = log_level::warning;
  out.at = instant(milliseconds(1'795'487'000'123));
  out.message = "target shop-prod is parked";
  out.fields = {{"target", "shop-prod"}, {"code", "target.parked"}};
  return out;
}

}  // namespace

TEST_CASE("one record reads as a line, as JSON and as a datagram of the journal") {
  CHECK(text_line(sample()) ==
        "2026-11-24T02:23:20.123Z warning target shop-prod is parked (target=shop-prod code=target.parked)\n");
  CHECK(
      json_line(sample()) ==
      R"({"at":"2026-11-24T02:23:20.123Z","level":"warning","message":"target shop-prod is parked","target":"shop-prod","code":"target.parked"})"
      "\n");
  CHECK(journal_datagram(sample()) ==
        "MESSAGE=target shop-prod is parked\nPRIORITY=4\nSYSLOG_IDENTIFIER=triggerd\nTRIGGERD_TARGET=shop-prod\n"
        "TRIGGERD_CODE=target.parked\n");
}

TEST_CASE("lines stay below what a pipe takes at once, and JSON stays whole") {
  log_record what = sample();
  what.message = std::string(2'000, '"');
  what.fields.assign(20, {"field", std::string(500, '\\')});
  CHECK(text_line(what).size() <= limits::log_line);
  CHECK(nlohmann::json::parse(json_line(what)).at("message") == what.message);
  what.message = std::string(limits::log_text, '"');
  const std::string line = json_line(what);
  CHECK(line.size() <= limits::log_line);
  const std::string shown = nlohmann::json::parse(line).at("message");
  CHECK(shown.starts_with(std::string(1'900, '"')));
}

TEST_CASE("a message below the level is not written") {
  test::virtual_time time;
  test::log_reader reader;
  const auto log = test::log_to(reader, time, log_level::notice);
  log->info("quiet");
  log->notice("heard");
  log->set_level(log_level::error);
  log->warning("quiet again");
  log->error("heard again");
  REQUIRE(reader.lines.size() == 2);
  CHECK(reader.lines[0].ends_with(" notice heard\n"));
  CHECK(reader.lines[1].ends_with(" error heard again\n"));
}

TEST_CASE("the audit is written whatever the level is, and as clean as the rest") {
  test::virtual_time time;
  test::log_reader reader;
  const auto log = test::log_to(reader, time, log_level::error);
  log->learn(secret("hunter2-hunter2"));
  log->audit("audit: Run hunter2-hunter2", {{"verb", "Run"}});
  log->set_level(log_level::warning);
  log->notice("quiet");
  log->audit("audit: Stop", {});
  REQUIRE(reader.lines.size() == 2);
  CHECK(reader.lines[0].ends_with(" notice audit: Run [redacted] (verb=Run)\n"));
  CHECK(reader.lines[1].ends_with(" notice audit: Stop\n"));
}

TEST_CASE("no known secret leaves in a message or a field") {
  test::virtual_time time;
  test::log_reader reader;
  const auto log = test::log_to(reader, time);
  log->learn(secret("hunter2-hunter2"));
  log->error("the server said hunter2-hunter2", {{"peer", "again hunter2-hunter2"}, {"key", "tr_prod_abcdefghijkl"}});
  CHECK(reader.all().find("hunter2") == std::string::npos);
  CHECK(reader.all().find("abcdefghijkl") == std::string::npos);
  CHECK(reader.all().find("[redacted]") != std::string::npos);
}

TEST_CASE("a secret at the cut of a long message is hidden before it is cut") {
  test::virtual_time time;
  test::log_reader reader;
  const auto log = test::log_to(reader, time);
  log->learn(secret("hunter2-hunter2"));
  log->error(std::string(limits::log_text - 5, 'x') + "hunter2-hunter2");
  CHECK(reader.all().find("hunt") == std::string::npos);
}

TEST_CASE("values behind names that the files list are hidden") {
  const std::vector<std::string> globs{"*_TOKEN", "DATABASE_URL"};
  CHECK(hide_named("DB_TOKEN=abc rest", globs) == "DB_TOKEN=[redacted] rest");
  CHECK(hide_named(R"({"DB_TOKEN":"abc","other":"x"})", globs) == R"({"DB_TOKEN":"[redacted]","other":"x"})");
  CHECK(hide_named("DATABASE_URL: postgres://u:p@h", globs) == "DATABASE_URL: [redacted]");
  CHECK(hide_named("TOKEN=abc and DB_TOKEN alone", globs) == "TOKEN=abc and DB_TOKEN alone");
  CHECK(hide_named("DB_TOKEN=", globs) == "DB_TOKEN=");
}

TEST_CASE("text of unknown origin cannot forge lines or fields") {
  test::virtual_time time;
  test::log_reader reader;
  const auto log = test::log_to(reader, time, log_level::debug, journal_datagram);
  log->notice(
      "one\nPRIORITY=0\x1f"
      "fire=two",
      {{"job", "x\nMESSAGE=y"}});
  REQUIRE(reader.lines.size() == 1);
  CHECK(reader.lines[0] ==
        "MESSAGE=one\\x0aPRIORITY=0\\x1ffire=two\nPRIORITY=5\nSYSLOG_IDENTIFIER=triggerd\nTRIGGERD_JOB=x\\x0aMESSAGE="
        "y\n");
}

TEST_CASE("what nobody reads is counted and told when somebody reads again") {
  test::virtual_time time;
  test::log_reader reader;
  const auto log = test::log_to(reader, time);
  reader.takes = false;
  log->notice("lost");
  log->notice("lost too");
  reader.takes = true;
  log->notice("read");
  REQUIRE(reader.lines.size() == 2);
  CHECK(reader.lines[0].ends_with(" warning 2 messages were lost because nobody read them\n"));
  CHECK(reader.lines[1].ends_with(" notice read\n"));
}

TEST_CASE("a full pipe does not hold the daemon up") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  const byte_taker take = descriptor_taker(ends[1]);
  const std::string line(limits::log_line, 'x');
  std::size_t taken = 0;
  while (take(line)) ++taken;
  CHECK(taken >= 1);
  CHECK_FALSE(take(line));
  std::string read(limits::log_line, '\0');
  CHECK(::read(ends[0], read.data(), read.size()) == static_cast<ssize_t>(read.size()));
  CHECK(take(line));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("the journal is used when standard error leads there, and only then") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  CHECK_FALSE(journal_reads(ends[1]));
  ::setenv("JOURNAL_STREAM", "1:1", 1);
  CHECK_FALSE(journal_reads(ends[1]));
  struct stat facts {};
  REQUIRE(::fstat(ends[1], &facts) == 0);
  ::setenv("JOURNAL_STREAM", (std::to_string(facts.st_dev) + ':' + std::to_string(facts.st_ino)).c_str(), 1);
  CHECK(journal_reads(ends[1]));
  ::unsetenv("JOURNAL_STREAM");
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("fires stand in the log, single actions only for those who debug, and nothing twice") {
  using job::event_level;
  CHECK(log_level_of({.kind = "fire-ended", .level = event_level::error}) == log_level::error);
  CHECK(log_level_of({.kind = "fire-ended", .level = event_level::warning}) == log_level::warning);
  CHECK(log_level_of({.kind = "fire-started"}) == log_level::info);
  CHECK(log_level_of({.kind = "action-settled"}) == log_level::debug);
  CHECK(log_level_of({.kind = "leg-ended", .level = event_level::error}) == log_level::warning);
  CHECK_FALSE(log_level_of({.kind = "target-state", .level = event_level::error}));
  CHECK_FALSE(log_level_of({.kind = "reload"}));

  test::virtual_time time;
  test::log_reader reader;
  const auto log = test::log_to(reader, time);
  write_event(*log, {.kind = "fire-ended", .job = "orders", .fire = "01ab", .state = "done", .text = "all well"});
  CHECK(reader.all().ends_with(" info orders: fire-ended done, all well (job=orders fire=01ab state=done)\n"));
}
