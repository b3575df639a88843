#include "spec/cron.hpp"

#include "base/text.hpp"
#include "spec/codes.hpp"
#include "support/shown_result.hpp"
#include "unit/spec/times.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace triggerd;
using namespace triggerd::spec;
using std::chrono::local_seconds;
using test::local;

namespace {

std::string shown(std::optional<local_seconds> at) {
  return at ? text::iso(instant(at->time_since_epoch())).substr(0, 19) : "never";
}

// The first `count` matches after `from`, without their common date when it is short enough to read.
std::string matches(std::string_view expression, std::string_view from, int count) {
  const auto parsed = cron::parse(expression);
  REQUIRE(parsed);
  std::string out;
  std::optional<local_seconds> at = local(from);
  for (int i = 0; i < count && at; ++i) {
    at = parsed->next(*at);
    out += (i ? " " : "") + shown(at);
  }
  return out;
}

std::string first(std::string_view expression, std::string_view from) { return matches(expression, from, 1); }

}  // namespace

TEST_CASE("five fields fire at second zero, strictly after") {
  CHECK(first("15 2 * * *", "2026-11-24T02:14:59") == "2026-11-24T02:15:00");
  CHECK(first("15 2 * * *", "2026-11-24T02:15:00") == "2026-11-25T02:15:00");
  CHECK(first("* * * * *", "2026-11-24T23:59:30") == "2026-11-25T00:00:00");
  CHECK(first("0 0 1 1 *", "2026-01-01T00:00:00") == "2027-01-01T00:00:00");
}

TEST_CASE("six fields begin with seconds") {
  CHECK(matches("*/20 59 23 31 12 *", "2026-12-31T23:59:10", 3) ==
        "2026-12-31T23:59:20 2026-12-31T23:59:40 2027-12-31T23:59:00");
  CHECK(first("30 * * * * *", "2026-01-01T10:10:30") == "2026-01-01T10:11:30");
}

TEST_CASE("lists, ranges and steps combine") {
  CHECK(matches("0,30 8-10/2 * * *", "2026-01-01T00:00:00", 5) ==
        "2026-01-01T08:00:00 2026-01-01T08:30:00 2026-01-01T10:00:00 2026-01-01T10:30:00 2026-01-02T08:00:00");
  CHECK(matches("5/25 0 * * *", "2026-01-01T00:00:00", 3) ==
        "2026-01-01T00:05:00 2026-01-01T00:30:00 2026-01-01T00:55:00");
}

TEST_CASE("a range may wrap around the end") {
  // 2026-11-20 is a Friday.
  CHECK(matches("0 0 * * FRI-MON", "2026-11-19T12:00:00", 5) ==
        "2026-11-20T00:00:00 2026-11-21T00:00:00 2026-11-22T00:00:00 2026-11-23T00:00:00 2026-11-27T00:00:00");
  CHECK(matches("0 22-1 * * *", "2026-01-01T20:00:00", 5) ==
        "2026-01-01T22:00:00 2026-01-01T23:00:00 2026-01-02T00:00:00 2026-01-02T01:00:00 2026-01-02T22:00:00");
  CHECK(matches("0 0 1 nov-feb/2 *", "2026-10-01T00:00:00", 3) ==
        "2026-11-01T00:00:00 2027-01-01T00:00:00 2027-11-01T00:00:00");
}

TEST_CASE("Sunday is 0 and 7 and SUN, alone and in ranges") {
  for (const auto day : {"0", "7", "SUN", "sun"})
    CHECK(first(std::string("0 0 * * ") + day, "2026-11-20T00:00:00") == "2026-11-22T00:00:00");
  CHECK(matches("0 0 * * 5-7", "2026-11-19T12:00:00", 4) ==
        "2026-11-20T00:00:00 2026-11-21T00:00:00 2026-11-22T00:00:00 2026-11-27T00:00:00");
  CHECK(matches("0 0 * * 7-1", "2026-11-19T12:00:00", 3) ==
        "2026-11-22T00:00:00 2026-11-23T00:00:00 2026-11-29T00:00:00");
  CHECK(matches("0 0 * * 7-7", "2026-11-21T12:00:00", 2) == "2026-11-22T00:00:00 2026-11-29T00:00:00");
  for (const auto week : {"0-7", "SUN-SAT", "1-7", "0-6"})
    CHECK(matches(std::string("0 0 * * ") + week, "2026-11-21T12:00:00", 2) ==
          "2026-11-22T00:00:00 2026-11-23T00:00:00");
}

TEST_CASE("day of month and day of week are OR when both are restricted") {
  CHECK(matches("0 0 13 * FRI", "2026-11-01T00:00:00", 4) ==
        "2026-11-06T00:00:00 2026-11-13T00:00:00 2026-11-20T00:00:00 2026-11-27T00:00:00");
  CHECK(matches("0 0 25 * FRI", "2026-11-20T00:00:00", 2) == "2026-11-25T00:00:00 2026-11-27T00:00:00");
}

TEST_CASE("a field that begins with a star restricts by AND") {
  // Odd days that are Mondays: 2, 9, 23 are Mondays with odd dates 9 and 23.
  CHECK(matches("0 0 */2 * MON", "2026-11-01T00:00:00", 2) == "2026-11-09T00:00:00 2026-11-23T00:00:00");
}

TEST_CASE("29 February waits for leap years, over 2100 too") {
  CHECK(matches("0 0 29 2 *", "2026-01-01T00:00:00", 2) == "2028-02-29T00:00:00 2032-02-29T00:00:00");
  CHECK(first("0 0 29 2 *", "2096-02-29T00:00:00") == "2104-02-29T00:00:00");
  CHECK(first("0 0 29 2 */7", "2024-03-01T00:00:00") == "2032-02-29T00:00:00");  // a Sunday
  CHECK(first("0 0 29 2 */7", "2088-02-29T00:00:00") == "2128-02-29T00:00:00");  // forty years later
}

TEST_CASE("30 February and 31 April never come") {
  CHECK(first("0 0 30 2 *", "2026-01-01T00:00:00") == "never");
  CHECK(first("0 0 31 4,6,9,11 *", "2026-01-01T00:00:00") == "never");
  CHECK(first("0 0 31 * *", "2026-02-01T00:00:00") == "2026-03-31T00:00:00");
}

TEST_CASE("nicknames stand for their expressions") {
  const auto from = "2026-11-24T10:20:30";
  CHECK(first("@yearly", from) == "2027-01-01T00:00:00");
  CHECK(first("@annually", from) == "2027-01-01T00:00:00");
  CHECK(first("@monthly", from) == "2026-12-01T00:00:00");
  CHECK(first("@weekly", from) == "2026-11-29T00:00:00");
  CHECK(first("@daily", from) == "2026-11-25T00:00:00");
  CHECK(first("@midnight", from) == "2026-11-25T00:00:00");
  CHECK(first("@Hourly", from) == "2026-11-24T11:00:00");
}

TEST_CASE("blanks and tabs separate fields") {
  CHECK(first("  0\t0  1 1 * ", "2026-06-01T00:00:00") == "2027-01-01T00:00:00");
}

TEST_CASE("a bad field is named with what is allowed") {
  const auto complaint = [](std::string_view text) {
    const auto parsed = cron::parse(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == spec::codes::cron);
    return parsed.error().message;
  };
  CHECK(complaint("61 * * * *") == "cron field minute \"61\" is out of range; allowed are 0 to 59, with * , - and /");
  CHECK(complaint("0 24 * * *").find("field hour \"24\"") != std::string::npos);
  CHECK(complaint("0 0 0 * *").find("field day of month \"0\"") != std::string::npos);
  CHECK(complaint("0 0 * foo *").find("1 to 12 or jan to dec") != std::string::npos);
  CHECK(complaint("0 0 * * 8").find("0 to 7 or sun to sat") != std::string::npos);
  CHECK(complaint("60 0 0 * * *").find("field second") != std::string::npos);
}

TEST_CASE("what cron does not know is refused") {
  for (const auto text :
       {"",           "* * * *",      "* * * * * * *", "@fortnightly", "*/0 * * * *", "*/61 * * * *",
        "*/ * * * *", "1- * * * *",   "-1 * * * *",    "1,,2 * * * *", ", * * * *",   "1-2-3 * * * *",
        "* * ? * *",  "* * L * *",    "* * * * MON#1", "1.5 * * * *",  "+1 * * * *",  "99999999999 * * * *",
        "*5 * * * *", "1/2/3 * * * *"}) {
    INFO(text);
    CHECK_FALSE(cron::parse(text));
  }
  CHECK(cron::parse("@reboot").error().message.find("on_start") != std::string::npos);
  CHECK(cron::parse("@every 5m").error().message.find("every =") != std::string::npos);
}
