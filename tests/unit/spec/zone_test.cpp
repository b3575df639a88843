#include "spec/zone.hpp"

#include "base/text.hpp"
#include "spec/codes.hpp"
#include "support/shown_result.hpp"
#include "unit/spec/times.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using namespace triggerd::spec;
using test::local;
using test::utc;

namespace {

zone named(std::string_view name) {
  const auto found = zone::find(name);
  REQUIRE(found);
  return *found;
}

using gap = dst_spec::gap_rule;
using fold = dst_spec::fold_rule;

std::string resolved(std::string_view zone_name, std::string_view local_time, gap g, fold f) {
  std::string out;
  for (const auto at : named(zone_name).resolve(local(local_time), {g, f})) out += text::iso(at).substr(0, 16) + ' ';
  return out;
}

}  // namespace

TEST_CASE("an ordinary local time is one instant whatever the rules") {
  for (const auto g : {gap::shift, gap::skip})
    for (const auto f : {fold::first, fold::second, fold::both})
      CHECK(resolved("Europe/Vienna", "2026-07-01T12:00:00", g, f) == "2026-07-01T10:00 ");
}

TEST_CASE("a local time in a gap fires right after it, or not at all") {
  CHECK(resolved("Europe/Vienna", "2026-03-29T02:30:00", gap::shift, fold::first) == "2026-03-29T01:00 ");
  CHECK(resolved("Europe/Vienna", "2026-03-29T02:30:00", gap::skip, fold::first).empty());
  CHECK(resolved("America/New_York", "2026-03-08T02:00:00", gap::shift, fold::first) == "2026-03-08T07:00 ");
  CHECK(resolved("America/New_York", "2026-03-08T03:00:00", gap::skip, fold::first) == "2026-03-08T07:00 ");
}

TEST_CASE("a local time in a fold is the first, the second or both") {
  CHECK(resolved("Europe/Vienna", "2026-10-25T02:30:00", gap::shift, fold::first) == "2026-10-25T00:30 ");
  CHECK(resolved("Europe/Vienna", "2026-10-25T02:30:00", gap::shift, fold::second) == "2026-10-25T01:30 ");
  CHECK(resolved("Europe/Vienna", "2026-10-25T02:30:00", gap::shift, fold::both) ==
        "2026-10-25T00:30 2026-10-25T01:30 ");
  CHECK(resolved("America/New_York", "2026-11-01T01:00:00", gap::shift, fold::both) ==
        "2026-11-01T05:00 2026-11-01T06:00 ");
  CHECK(resolved("Europe/Vienna", "2026-10-25T03:00:00", gap::shift, fold::both) == "2026-10-25T02:00 ");
}

TEST_CASE("Lord Howe shifts by half an hour") {
  CHECK(resolved("Australia/Lord_Howe", "2026-10-04T02:15:00", gap::shift, fold::first) == "2026-10-03T15:30 ");
  CHECK(resolved("Australia/Lord_Howe", "2026-10-04T02:15:00", gap::skip, fold::first).empty());
  CHECK(resolved("Australia/Lord_Howe", "2026-10-04T02:30:00", gap::skip, fold::first) == "2026-10-03T15:30 ");
  CHECK(resolved("Australia/Lord_Howe", "2026-04-05T01:45:00", gap::shift, fold::both) ==
        "2026-04-04T14:45 2026-04-04T15:15 ");
  CHECK(resolved("Australia/Lord_Howe", "2026-04-05T01:15:00", gap::shift, fold::both) == "2026-04-04T14:15 ");
}

TEST_CASE("an instant has one local time and one date") {
  const zone vienna = named("Europe/Vienna");
  CHECK(vienna.to_local(utc("2026-07-01T10:00:00.999Z")) == local("2026-07-01T12:00:00"));
  CHECK(vienna.date(utc("2026-11-23T22:59:59Z")) == "2026-11-23");
  CHECK(vienna.date(utc("2026-11-23T23:00:00Z")) == "2026-11-24");
  CHECK(named("America/New_York").date(utc("2027-01-01T04:59:59Z")) == "2026-12-31");
  CHECK(named("UTC").date(utc("2026-11-23T23:00:00Z")) == "2026-11-23");
}

TEST_CASE("UTC, which is not read from the zone data, says what the data says") {
  const zone known = named("UTC"), read = named("Etc/UTC");
  const dst_spec dst;
  for (const auto at : {"1969-12-31T23:59:59.5Z", "2026-03-29T01:00:00Z", "2199-02-28T23:59:59Z"}) {
    const instant then = utc(at);
    INFO(at);
    CHECK(known.to_local(then) == read.to_local(then));
    CHECK(known.date(then) == read.date(then));
    CHECK(known.resolve(known.to_local(then), dst) == read.resolve(read.to_local(then), dst));
    CHECK(known.around(then).offset == read.around(then).offset);
    CHECK(known.around(then).begin < then);
    CHECK(known.around(then).end > then);
  }
}

TEST_CASE("a period of one offset ends where the next begins") {
  const zone vienna = named("Europe/Vienna");
  const auto winter = vienna.around(utc("2026-03-29T00:59:59.999Z"));
  const auto summer = vienna.around(utc("2026-03-29T01:00:00Z"));
  CHECK(winter.end == utc("2026-03-29T01:00:00Z"));
  CHECK(summer.begin == winter.end);
  CHECK(winter.offset == std::chrono::hours(1));
  CHECK(summer.offset == std::chrono::hours(2));
}

TEST_CASE("an unknown zone is refused with a near name") {
  const auto found = zone::find("Europe/Viena");
  REQUIRE_FALSE(found);
  CHECK(found.error().code == spec::codes::unknown_zone);
  CHECK(found.error().message.find("did you mean \"Europe/Vienna\"") != std::string::npos);
}

TEST_CASE("paths, leap-second zones and empty names are no zones") {
  for (const auto name : {"", " UTC", "../zoneinfo/UTC", "/etc/localtime", "right/Europe/Vienna", "posix/UTC", "Europe",
                          "europe/vienna", "zone.tab"}) {
    INFO(name);
    CHECK_FALSE(zone::find(name));
  }
}

TEST_CASE("zones with daylight saving end where their file ends, others do not") {
  const instant near = utc("2028-07-01T00:00:00Z");
  const instant far = utc("2060-07-01T00:00:00Z");
  for (const auto name : {"Europe/Vienna", "America/New_York", "Australia/Lord_Howe"}) {
    INFO(name);
    CHECK_FALSE(named(name).rules_reach(far));
  }
  for (const auto name : {"UTC", "Asia/Tokyo", "America/Sao_Paulo", "Europe/Moscow"}) {
    INFO(name);
    CHECK(named(name).rules_reach(near));
    CHECK(named(name).rules_reach(far));
  }
  CHECK(named("Europe/Vienna").rules_reach(near));
}
