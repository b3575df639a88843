#include "spec/schedule.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "spec/codes.hpp"
#include "spec/cron.hpp"
#include "spec/zone.hpp"
#include "support/shown_result.hpp"
#include "unit/spec/times.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace triggerd;
using namespace triggerd::spec;
using gap = dst_spec::gap_rule;
using fold = dst_spec::fold_rule;
using policy = catch_up_spec::policy;
using std::chrono::hours;
using std::chrono::minutes;
using test::utc;

namespace {

schedule_spec of_cron(std::string_view cron, std::string_view timezone, gap g = gap::shift, fold f = fold::first) {
  schedule_spec s;
  s.cron = cron;
  s.timezone = timezone;
  s.dst = {g, f};
  return s;
}

schedule compiled(const schedule_spec& s, std::string_view job = "job") {
  auto made = schedule::compile(s, job);
  REQUIRE(made);
  return std::move(*made);
}

// "MM-DDTHH:MM" of the next instants, in UTC.
std::string nexts(const schedule& s, std::string_view from, int count) {
  std::string out;
  std::optional<instant> at = utc(from);
  for (int i = 0; i < count; ++i) {
    at = s.next(*at);
    if (!at) return out + (i ? " " : "") + "never";
    out += (i ? " " : "") + text::iso(*at).substr(5, 11);
  }
  return out;
}

std::string nexts(std::string_view cron, std::string_view timezone, gap g, fold f, std::string_view from, int count) {
  return nexts(compiled(of_cron(cron, timezone, g, f)), from, count);
}

}  // namespace

TEST_CASE("cron speaks of local time through the year") {
  CHECK(nexts("15 2 * * Mon-Fri", "Europe/Vienna", gap::shift, fold::first, "2026-07-03T12:00:00Z", 2) ==
        "07-06T00:15 07-07T00:15");
  CHECK(nexts("15 2 * * *", "Europe/Vienna", gap::shift, fold::first, "2026-12-01T12:00:00Z", 1) == "12-02T01:15");
}

TEST_CASE("Vienna's gap: right after it, or skipped") {
  CHECK(nexts("30 2 * * *", "Europe/Vienna", gap::shift, fold::first, "2026-03-28T00:00:00Z", 3) ==
        "03-28T01:30 03-29T01:00 03-30T00:30");
  CHECK(nexts("30 2 * * *", "Europe/Vienna", gap::skip, fold::first, "2026-03-28T00:00:00Z", 2) ==
        "03-28T01:30 03-30T00:30");
}

TEST_CASE("many local times in one gap are one instant") {
  CHECK(nexts("*/20 2,3 * * *", "Europe/Vienna", gap::shift, fold::first, "2026-03-29T00:00:00Z", 3) ==
        "03-29T01:00 03-29T01:20 03-29T01:40");
  CHECK(nexts("10,20,50 2 * * *", "America/New_York", gap::shift, fold::first, "2026-03-08T00:00:00Z", 2) ==
        "03-08T07:00 03-09T06:10");
}

TEST_CASE("a start inside the instant after a gap does not fire it again") {
  const auto s = compiled(of_cron("30 2 * * *", "Europe/Vienna"));
  CHECK(s.next(utc("2026-03-29T00:59:59.999Z")) == utc("2026-03-29T01:00:00Z"));
  CHECK(s.next(utc("2026-03-29T01:00:00Z")) == utc("2026-03-30T00:30:00Z"));
  CHECK(s.next(utc("2026-03-29T01:00:00.001Z")) == utc("2026-03-30T00:30:00Z"));
}

TEST_CASE("New York's fold: the first, the second, both") {
  const auto from = "2026-10-31T12:00:00Z";
  CHECK(nexts("30 1 * * *", "America/New_York", gap::shift, fold::first, from, 2) == "11-01T05:30 11-02T06:30");
  CHECK(nexts("30 1 * * *", "America/New_York", gap::shift, fold::second, from, 2) == "11-01T06:30 11-02T06:30");
  CHECK(nexts("30 1 * * *", "America/New_York", gap::shift, fold::both, from, 3) ==
        "11-01T05:30 11-01T06:30 11-02T06:30");
}

TEST_CASE("a start between the two passes of a fold still sees the second") {
  const auto both = compiled(of_cron("10 1 * * *", "America/New_York", gap::shift, fold::both));
  CHECK(both.next(utc("2026-11-01T05:50:00Z")) == utc("2026-11-01T06:10:00Z"));
  const auto second = compiled(of_cron("10 1 * * *", "America/New_York", gap::shift, fold::second));
  CHECK(second.next(utc("2026-11-01T05:50:00Z")) == utc("2026-11-01T06:10:00Z"));
  const auto first = compiled(of_cron("10 1 * * *", "America/New_York"));
  CHECK(first.next(utc("2026-11-01T05:50:00Z")) == utc("2026-11-02T06:10:00Z"));
}

TEST_CASE("Lord Howe: half an hour is missing, half an hour comes twice") {
  CHECK(nexts("*/15 2 4 10 *", "Australia/Lord_Howe", gap::shift, fold::first, "2026-10-03T00:00:00Z", 2) ==
        "10-03T15:30 10-03T15:45");
  CHECK(nexts("15 2 * * *", "Australia/Lord_Howe", gap::skip, fold::first, "2026-10-03T00:00:00Z", 1) == "10-04T15:15");
  const auto from = "2026-04-04T14:25:00Z";  // 01:25 before the clock goes back
  CHECK(nexts("*/15 * * * *", "Australia/Lord_Howe", gap::shift, fold::first, from, 3) ==
        "04-04T14:30 04-04T14:45 04-04T15:30");
  CHECK(nexts("*/15 * * * *", "Australia/Lord_Howe", gap::shift, fold::second, from, 3) ==
        "04-04T15:00 04-04T15:15 04-04T15:30");
  CHECK(nexts("*/15 * * * *", "Australia/Lord_Howe", gap::shift, fold::both, from, 3) ==
        "04-04T14:30 04-04T14:45 04-04T15:00");
}

TEST_CASE("next is the ordered set of what the local times resolve to, under every rule") {
  struct stretch {
    const char* zone_name;
    const char* from;
    const char* to;
  };
  // Every change of 2026 here, the day Samoa never had, and a zone that moved its standard time.
  const stretch stretches[] = {{"Europe/Vienna", "2026-03-28T00:00:00Z", "2026-03-30T12:00:00Z"},
                               {"Europe/Vienna", "2026-10-24T00:00:00Z", "2026-10-26T12:00:00Z"},
                               {"America/New_York", "2026-03-07T00:00:00Z", "2026-03-09T12:00:00Z"},
                               {"America/New_York", "2026-10-31T00:00:00Z", "2026-11-02T12:00:00Z"},
                               {"Australia/Lord_Howe", "2026-04-03T12:00:00Z", "2026-04-06T00:00:00Z"},
                               {"Australia/Lord_Howe", "2026-10-02T12:00:00Z", "2026-10-05T00:00:00Z"},
                               {"Pacific/Apia", "2011-12-28T00:00:00Z", "2012-01-01T00:00:00Z"},
                               {"Asia/Pyongyang", "2018-05-03T00:00:00Z", "2018-05-06T00:00:00Z"}};
  for (const auto& s : stretches) {
    for (const auto expression :
         {"30 2 * * *", "*/7 * * * *", "15,45 1-3 * * *", "0 0 * * *", "59 23 * * *", "* * * * *"}) {
      for (const auto g : {gap::shift, gap::skip}) {
        for (const auto f : {fold::first, fold::second, fold::both}) {
          INFO(s.zone_name, " ", s.from, " ", expression, " ", int(g), " ", int(f));
          const instant from = utc(s.from), to = utc(s.to);
          const auto where = zone::find(s.zone_name);
          const auto parsed = cron::parse(expression);
          REQUIRE((where && parsed));
          std::set<instant> expected;
          const auto end = where->to_local(to) + hours(48);
          for (auto at = parsed->next(where->to_local(from) - hours(48)); at && *at < end; at = parsed->next(*at))
            for (const auto i : where->resolve(*at, {g, f}))
              if (i > from && i <= to) expected.insert(i);
          const auto made = compiled(of_cron(expression, s.zone_name, g, f));
          std::vector<instant> got;
          for (auto at = made.next(from); at && *at <= to; at = made.next(*at)) got.push_back(*at);
          CHECK(got == std::vector<instant>(expected.begin(), expected.end()));
        }
      }
    }
  }
}

TEST_CASE("every is aligned to multiples since 1970") {
  schedule_spec s;
  s.every = minutes(20);
  const auto made = compiled(s);
  CHECK(nexts(made, "2026-11-24T02:05:00Z", 3) == "11-24T02:20 11-24T02:40 11-24T03:00");
  CHECK(made.next(utc("2026-11-24T02:20:00Z")) == utc("2026-11-24T02:40:00Z"));
  CHECK(made.next(utc("1969-12-31T23:50:00Z")) == utc("1970-01-01T00:00:00Z"));
  CHECK(made.next(utc("1969-12-31T23:40:00Z")) == utc("1970-01-01T00:00:00Z"));
  s.every = milliseconds(7);
  CHECK(compiled(s).next(instant(milliseconds(7))) == instant(milliseconds(14)));
}

TEST_CASE("at fires each instant once, in order, and then no more") {
  schedule_spec s;
  s.at = {utc("2026-12-02T00:00:00Z"), utc("2026-12-01T00:00:00.500Z"), utc("2026-12-02T00:00:00Z")};
  const auto made = compiled(s);
  CHECK(nexts(made, "2026-01-01T00:00:00Z", 3) == "12-01T00:00 12-02T00:00 never");
  CHECK(made.next(utc("2026-12-01T00:00:00.499Z")) == utc("2026-12-01T00:00:00.500Z"));
}

TEST_CASE("a job without a time fires by hand only") {
  schedule_spec s;
  s.on_start = true;
  CHECK_FALSE(compiled(s).next(utc("2026-01-01T00:00:00Z")));
  CHECK(compiled(s).catch_up(utc("2026-01-01T00:00:00Z"), utc("2027-01-01T00:00:00Z")).skipped == 0);
}

TEST_CASE("a schedule that contradicts itself or never fires is refused") {
  schedule_spec both = of_cron("@daily", "UTC");
  both.every = minutes(1);
  CHECK(schedule::compile(both, "j").error().code == spec::codes::schedule);
  schedule_spec none;
  none.every = milliseconds(0);
  CHECK(schedule::compile(none, "j").error().code == spec::codes::schedule);
  CHECK(schedule::compile(of_cron("0 0 30 2 *", "UTC"), "j").error().code == spec::codes::cron);
  CHECK(schedule::compile(of_cron("0 0 30 *", "UTC"), "j").error().code == spec::codes::cron);
  CHECK(schedule::compile(of_cron("@daily", "Mars/Olympus"), "j").error().code == spec::codes::unknown_zone);
  schedule_spec stray;
  stray.every = minutes(1);
  stray.timezone = "Mars/Olympus";
  CHECK(schedule::compile(stray, "j").error().code == spec::codes::unknown_zone);
}

TEST_CASE("jitter is stable, bounded, and differs by job and instant") {
  auto s = of_cron("0 * * * *", "UTC");
  s.jitter = minutes(10);
  const auto made = compiled(s, "nightly");
  const auto same = compiled(s, "nightly");
  const auto other = compiled(s, "weekly");
  std::set<milliseconds> delays;
  int unequal = 0;
  instant at = utc("2026-11-24T00:00:00Z");
  for (int i = 0; i < 200; ++i, at += hours(1)) {
    const auto delay = made.with_jitter(at) - at;
    CHECK(delay >= milliseconds(0));
    CHECK(delay <= minutes(10));
    CHECK(same.with_jitter(at) - at == delay);
    if (other.with_jitter(at) - at != delay) ++unequal;
    delays.insert(delay);
  }
  CHECK(delays.size() > 150);
  CHECK(unequal > 190);
  CHECK(*delays.begin() < minutes(1));
  CHECK(*delays.rbegin() > minutes(9));
  CHECK(compiled(of_cron("@daily", "UTC")).with_jitter(at) == at);
}

TEST_CASE("jitter does not change between versions") {
  auto s = of_cron("0 * * * *", "UTC");
  s.jitter = minutes(10);
  const instant at = utc("2026-11-24T00:00:00Z");
  // The first eight bytes of SHA-256("nightly\n1795478400000"), modulo 600001 ms.
  CHECK((compiled(s, "nightly").with_jitter(at) - at).count() == 242330);
}

TEST_CASE("a week off is not caught up by default") {
  const auto made = compiled(of_cron("* * * * *", "Europe/Vienna"));
  const auto missed = made.catch_up(utc("2026-11-17T00:00:00Z"), utc("2026-11-24T00:00:00Z"));
  CHECK(missed.fire.empty());
  CHECK(missed.skipped == 7 * 24 * 60);
}

TEST_CASE("a week off is caught up by its last instant") {
  auto s = of_cron("15 2 * * *", "UTC");
  s.catch_up = {.what = policy::last, .window = hours(6), .most = 10};
  const auto made = compiled(s);
  const auto missed = made.catch_up(utc("2026-11-17T12:00:00Z"), utc("2026-11-24T08:00:00Z"));
  CHECK(missed.fire == std::vector<instant>{utc("2026-11-24T02:15:00Z")});
  CHECK(missed.skipped == 6);
  const auto too_late = made.catch_up(utc("2026-11-17T12:00:00Z"), utc("2026-11-24T08:15:00.001Z"));
  CHECK(too_late.fire.empty());
  CHECK(too_late.skipped == 7);
  CHECK(made.catch_up(utc("2026-11-17T12:00:00Z"), utc("2026-11-24T08:15:00Z")).fire.size() == 1);  // the edge counts
}

TEST_CASE("a week off is caught up by all, within window and cap, the newest, oldest first") {
  auto s = of_cron("*/10 * * * *", "UTC");
  s.catch_up = {.what = policy::all, .window = hours(2), .most = 10};
  const auto missed = compiled(s).catch_up(utc("2026-11-17T00:00:00Z"), utc("2026-11-24T08:05:00Z"));
  REQUIRE(missed.fire.size() == 10);
  CHECK(missed.fire.front() == utc("2026-11-24T06:30:00Z"));
  CHECK(missed.fire.back() == utc("2026-11-24T08:00:00Z"));
  CHECK(missed.fire.size() + missed.skipped == 7 * 144 + 48);
  s.catch_up.most = 100;
  CHECK(compiled(s).catch_up(utc("2026-11-17T00:00:00Z"), utc("2026-11-24T08:05:00Z")).fire.size() == 12);
  s.catch_up.most = 0;
  CHECK(compiled(s).catch_up(utc("2026-11-17T00:00:00Z"), utc("2026-11-24T08:05:00Z")).fire.empty());
}

TEST_CASE("catching up is bounded however dense the schedule and long the absence") {
  auto s = of_cron("* * * * * *", "Europe/Vienna");
  s.catch_up = {.what = policy::all, .window = hours(24 * 3'000), .most = 4'000'000'000};
  const auto missed = compiled(s).catch_up(utc("2020-01-01T00:00:00Z"), utc("2026-11-24T00:00:00Z"));
  CHECK(missed.fire.size() == limits::catch_up_fires);
  CHECK(missed.fire.back() == utc("2026-11-24T00:00:00Z"));
  CHECK(missed.skipped == limits::catch_up_counted - limits::catch_up_fires);
  schedule_spec fast;
  fast.every = milliseconds(10);
  fast.catch_up = {.what = policy::last, .window = hours(24 * 3'000), .most = 10};
  const auto counted = compiled(fast).catch_up(utc("2026-01-01T00:00:00.005Z"), utc("2026-01-02T00:00:00Z"));
  CHECK(counted.fire.size() == 1);
  CHECK(counted.skipped == 8'640'000 - 1);
}

TEST_CASE("what was fired at the last instant is not caught up again") {
  auto s = of_cron("0 * * * *", "UTC");
  s.catch_up = {.what = policy::all, .window = hours(24), .most = 10};
  const auto made = compiled(s);
  CHECK(made.catch_up(utc("2026-11-24T02:00:00Z"), utc("2026-11-24T02:59:59.999Z")).fire.empty());
  CHECK(made.catch_up(utc("2026-11-24T02:00:00Z"), utc("2026-11-24T03:00:00Z")).fire.size() == 1);
  CHECK(made.catch_up(utc("2026-11-24T03:00:00Z"), utc("2026-11-24T02:00:00Z")).fire.empty());  // the clock went back
}

TEST_CASE("both passes of a fold are caught up, each once") {
  auto s = of_cron("30 2 * * *", "Europe/Vienna", gap::shift, fold::both);
  s.catch_up = {.what = policy::all, .window = hours(24), .most = 10};
  const auto missed = compiled(s).catch_up(utc("2026-10-24T12:00:00Z"), utc("2026-10-25T12:00:00Z"));
  CHECK(missed.fire == std::vector<instant>{utc("2026-10-25T00:30:00Z"), utc("2026-10-25T01:30:00Z")});
  CHECK(missed.skipped == 0);
}

TEST_CASE("a schedule moves") {
  auto made = compiled(of_cron("@daily", "UTC"));
  schedule other = std::move(made);
  made = compiled(of_cron("@hourly", "UTC"));
  CHECK(nexts(other, "2026-11-24T00:30:00Z", 1) == "11-25T00:00");
  CHECK(nexts(made, "2026-11-24T00:30:00Z", 1) == "11-24T01:00");
}
