#include "sandbox/cron.hpp"

#include "base/text.hpp"

#include <doctest/doctest.h>

namespace triggerd::sandbox::test {

namespace {

// The next instant after `from` as ISO text; the complaint when the text is no cron.
std::string next_of(const char* cron, const char* from, const char* zone = "UTC") {
  auto read = read_cron(cron);
  if (const auto* complaint = std::get_if<std::string>(&read)) return *complaint;
  const auto at = std::get<cron_times>(read).next(*text::parse_iso(from), *time_zone::load(zone));
  return at ? text::iso(*at) : "never";
}

constexpr const char* tuesday = "2026-11-24T02:30:20Z";

}  // namespace

TEST_SUITE("cron and time zones") {
  TEST_CASE("a cron gives its next instant in its zone") {
    CHECK(next_of("0 3 * * *", tuesday) == "2026-11-24T03:00:00.000Z");
    CHECK(next_of("0 3 * * *", tuesday, "Europe/Rome") == "2026-11-25T02:00:00.000Z");
    CHECK(next_of("15 6 * * 1", tuesday, "America/New_York") == "2026-11-30T11:15:00.000Z");
    CHECK(next_of("0 0 1 * *", tuesday) == "2026-12-01T00:00:00.000Z");
    CHECK(next_of("*/20 * * * *", tuesday) == "2026-11-24T02:40:00.000Z");
    CHECK(next_of("5-10/5,50 2 * * *", tuesday) == "2026-11-24T02:50:00.000Z");
    CHECK(next_of("0 12 * JAN,mar SAT-SUN", tuesday) == "Invalid range: 6-0");
    CHECK(next_of("0 12 * jan sun", tuesday) == "2027-01-03T12:00:00.000Z");
  }

  TEST_CASE("an instant on the minute is not its own next one") {
    CHECK(next_of("* * * * *", "2026-11-24T02:30:00Z") == "2026-11-24T02:31:00.000Z");
  }

  TEST_CASE("the last day of a month and the last weekday of a month") {
    CHECK(next_of("0 0 L * *", tuesday) == "2026-11-30T00:00:00.000Z");
    CHECK(next_of("0 0 L 2 *", tuesday) == "2027-02-28T00:00:00.000Z");
    CHECK(next_of("0 0 * * 5L", tuesday) == "2026-11-27T00:00:00.000Z");
    CHECK(next_of("0 0 * * 1L", "2026-11-24T00:00:00Z") == "2026-11-30T00:00:00.000Z");
  }

  TEST_CASE("of a restricted day and a restricted weekday one is enough") {
    CHECK(next_of("0 0 13 * 5", tuesday) == "2026-11-27T00:00:00.000Z");
    CHECK(next_of("0 0 25 * 5", tuesday) == "2026-11-25T00:00:00.000Z");
  }

  TEST_CASE("what comes rarely is found, and what never comes is not") {
    CHECK(next_of("0 0 29 2 *", tuesday) == "2028-02-29T00:00:00.000Z");
    CHECK(next_of("0 0 30 2 *", tuesday) == "never");
  }

  TEST_CASE("fewer fields are the last ones, and names stand for five") {
    CHECK(next_of("* 1", tuesday) == "2026-11-30T00:00:00.000Z");
    CHECK(next_of("@hourly", tuesday) == "2026-11-24T03:00:00.000Z");
  }

  TEST_CASE("what is no cron is refused in the words of the server's parser") {
    CHECK(next_of("0 0 3 * * *", tuesday) == "CRON expressions with seconds are not allowed");
    CHECK(next_of("", tuesday) == "CRON expression is required");
    CHECK(next_of("nope", tuesday) == "Validation error, cannot resolve alias \"nop\"");
    CHECK(next_of("60 * * * *", tuesday) == "Constraint error, got value 60 expected range 0-59");
    CHECK(next_of("* * 0 * *", tuesday) == "Constraint error, got value 0 expected range 1-31");
    CHECK(next_of("*/0 * * * *", tuesday) == "Constraint error, cannot repeat at every 0 time.");
    CHECK(next_of("1,,2 * * * *", tuesday) == "Invalid characters, got value: ");
    CHECK(next_of("-1 * * * *", tuesday) == "Invalid characters, got value: -1");
  }

  TEST_CASE("a time that the clock jumps over is late, one that comes twice is taken once") {
    CHECK(next_of("30 2 * * *", "2026-03-29T00:00:00Z", "Europe/Berlin") == "2026-03-29T01:30:00.000Z");
    CHECK(next_of("30 2 * * *", "2026-10-24T23:00:00Z", "Europe/Berlin") == "2026-10-25T00:30:00.000Z");
    CHECK(next_of("30 2 * * *", "2026-10-25T00:30:00Z", "Europe/Berlin") == "2026-10-26T01:30:00.000Z");
  }

  TEST_CASE("zones are the server's names, and no paths") {
    CHECK(is_zone_name("Asia/Calcutta"));
    CHECK_FALSE(is_zone_name("Asia/Kolkata"));
    CHECK(time_zone::load("Asia/Calcutta")->offset_at(*text::parse_iso(tuesday)) == seconds(19'800));
    CHECK(time_zone::load("../../etc/passwd") == nullptr);
    CHECK(time_zone::load("Mars/Olympus") == nullptr);
    CHECK(zone_names().size() == 419);
    for (const auto name : zone_names()) CHECK_MESSAGE(time_zone::load(name) != nullptr, std::string(name));
  }

  TEST_CASE("a cron is described for people") {
    CHECK(describe_cron("0 3 * * *") == "At 03:00 AM");
    CHECK(describe_cron("0 0 1 * *") == "At 12:00 AM, on day 1 of the month");
    CHECK(describe_cron("15 18 * * 1") == "At 06:15 PM, only on Monday");
    CHECK(describe_cron("* * * * *") == "Every minute");
    CHECK(describe_cron("*/5 * * * *") == "Every 5 minutes");
    CHECK(describe_cron("0 * * * *") == "Every hour");
    CHECK(describe_cron("5 4 L 2 1-5") ==
          "At 04:05 AM, on the last day of the month, Monday through Friday, only in February");
  }
}

}  // namespace triggerd::sandbox::test
