#include "api/schedules.hpp"

#include "unit/api/family_bench.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

const std::string schedule_row =
    R"({"id":"sched_7aa8bb9cc","type":"IMPERATIVE","task":"nightly","active":true,"deduplicationKey":"dk-1",)"
    R"("externalId":"user_1","generator":{"type":"CRON","expression":"0 2 * * *","description":"At 02:00 AM"},)"
    R"("timezone":"UTC","window":"30m","nextRun":"2026-01-15T10:00:05.000Z",)"
    R"("nextRunEffectiveAt":"2026-01-15T10:00:21.000Z",)"
    R"("appliedSchedulePolicy":{"minimumWindowSeconds":60,"reason":"plan"},)"
    R"("environments":[{"id":"env_1","type":"PRODUCTION","slug":"prod","shortcode":"prod-8f","userName":"Alice"}]})";
const std::map<std::string, form> schedule_needs{
    {"/id", form::text}, {"/task", form::text}, {"/active", form::flag}, {"/environments/0/id", form::text}};

schedule_draft nightly() {
  schedule_draft what;
  what.task = "nightly";
  what.cron = "0 2 * * *";
  return what;
}

}  // namespace

TEST_CASE("schedules are listed by numbered pages, the size first") {
  CHECK(line_of("GET", list_schedules({}).what) == "/api/v1/schedules");
  CHECK(line_of("GET", list_schedules({.page = 2, .per_page = 25}).what) == "/api/v1/schedules?perPage=25&page=2");
  std::map<std::string, form> needs{{"/data", form::list},
                                    {"/data/0", form::object},
                                    {"/pagination", form::object},
                                    {"/pagination/currentPage", form::count},
                                    {"/pagination/totalPages", form::count},
                                    {"/pagination/count", form::count}};
  for (const auto& [pointer, wanted] : schedule_needs) needs["/data/0" + pointer] = wanted;
  hold_reader(list_schedules({}),
              {R"({"data":[)" + schedule_row + R"(],"pagination":{"currentPage":1,"totalPages":1,"count":1}})", needs});
  const auto page =
      value_of(list_schedules({}), R"({"data":[],"pagination":{"currentPage":"999","totalPages":"1","count":"5"}})");
  CHECK(page.schedules.empty());
  CHECK(page.current_page == 999);  // numbers may come as text
  CHECK(page.total_pages == 1);
  CHECK(page.count == 5);
}

TEST_CASE("a schedule is created under its deduplication key") {
  CHECK(line_of("POST", create_schedule(nightly(), "dk")->what) == "/api/v1/schedules");
  CHECK(sent(create_schedule(nightly(), "dk")->what) ==
        json{{"task", "nightly"}, {"cron", "0 2 * * *"}, {"deduplicationKey", "dk"}});
  auto full = nightly();
  full.external_id = "user_1";
  full.timezone = "America/New_York";
  full.window = "30m";
  const auto what = create_schedule(full, "user-1-nightly")->what;
  CHECK(sent(what) == json{{"task", "nightly"},
                           {"cron", "0 2 * * *"},
                           {"deduplicationKey", "user-1-nightly"},
                           {"externalId", "user_1"},
                           {"timezone", "America/New_York"},
                           {"window", "30m"}});
  CHECK(what.repeatable());
}

TEST_CASE("a schedule is updated in full, without a key") {
  auto full = nightly();
  full.timezone = "Europe/London";
  const auto what = update_schedule("sched_7aa8bb9cc", full)->what;
  CHECK(line_of("PUT", what) == "/api/v1/schedules/sched_7aa8bb9cc");
  CHECK(sent(what) == json{{"task", "nightly"}, {"cron", "0 2 * * *"}, {"timezone", "Europe/London"}});
}

TEST_CASE("a cron of six fields, an empty key and what no server can read are refused") {
  for (const auto* cron : {"", "0 2 * *", "0 0 2 * * *", "@hourly", "0 2 * * *\n", "0 2 * * \x7f"}) {
    auto what = nightly();
    what.cron = cron;
    hold_refused(create_schedule(what, "dk"), "cron");
    hold_refused(update_schedule("s", what), "cron");
  }
  for (const auto* fine : {"0 2 L * *", "  0 2  * * 1L ", "*/5 * * * *"}) {
    auto what = nightly();
    what.cron = fine;
    CHECK(create_schedule(what, "dk").has_value());
  }
  hold_refused(create_schedule(nightly(), ""), "deduplication_key");
  hold_refused(create_schedule(nightly(), "a\r\nb"), "deduplication_key", "a\r\nb");
  auto what = nightly();
  what.task = "";
  hold_refused(create_schedule(what, "dk"), "task");
  what = nightly();
  what.external_id = "\xff";
  hold_refused(create_schedule(what, "dk"), "external_id");
  what = nightly();
  what.timezone = "Europe/\tRome";
  hold_refused(update_schedule("s", what), "timezone");
}

TEST_CASE("a window is minutes, hours or a percentage") {
  for (const auto* window : {"0m", "30m", "1440m", "24h", "100%"}) {
    CAPTURE(window);
    auto what = nightly();
    what.window = window;
    CHECK(create_schedule(what, "dk").has_value());
  }
  for (const auto* window : {"m", "30", "30s", "1441m", "25h", "101%", "-1m", "+1m", "1.5h", "30 m", "30mm", "1h30m",
                             "99999999999m", "%", " 30m", "30m "}) {
    CAPTURE(window);
    auto what = nightly();
    what.window = window;
    hold_refused(create_schedule(what, "dk"), "window");
  }
}

TEST_CASE("one schedule is retrieved, switched and removed by id or key") {
  CHECK(line_of("GET", retrieve_schedule("sched_1").what) == "/api/v1/schedules/sched_1");
  CHECK(retrieve_schedule("user 1/nightly").what.path == "/api/v1/schedules/user%201%2Fnightly");
  CHECK(line_of("POST", activate_schedule("sched_1").what) == "/api/v1/schedules/sched_1/activate");
  CHECK(line_of("POST", deactivate_schedule("sched_1").what) == "/api/v1/schedules/sched_1/deactivate");
  CHECK(line_of("DELETE", remove_schedule("sched_1").what) == "/api/v1/schedules/sched_1");
  for (const auto& what : {activate_schedule("s").what, deactivate_schedule("s").what, remove_schedule("s").what})
    CHECK(what.body == nullptr);
  CHECK(activate_schedule("s").what.repeatable());
  CHECK_FALSE(remove_schedule("s").what.repeatable());
  hold_reader(remove_schedule("s"), {R"({"id":"sched_1"})", {}});
}

TEST_CASE("a schedule is read with everything it says") {
  for (const auto& what : {retrieve_schedule("s"), create_schedule(nightly(), "dk").value(),
                           update_schedule("s", nightly()).value(), activate_schedule("s"), deactivate_schedule("s")})
    hold_reader(what, {schedule_row, schedule_needs});
  const auto view = value_of(retrieve_schedule("s"), schedule_row);
  CHECK(view.id == "sched_7aa8bb9cc");
  CHECK(view.type == "IMPERATIVE");
  CHECK(view.task == "nightly");
  CHECK(view.active);
  CHECK(view.deduplication_key == "dk-1");
  CHECK(view.external_id == "user_1");
  CHECK(view.generator == "CRON");
  CHECK(view.cron == "0 2 * * *");
  CHECK(view.description == "At 02:00 AM");
  CHECK(view.timezone == "UTC");
  CHECK(view.window == "30m");
  CHECK(view.next_run == instant(milliseconds(1'768'471'205'000)));
  CHECK(view.next_run_effective == instant(milliseconds(1'768'471'221'000)));
  CHECK(view.least_window == seconds(60));
  CHECK(view.policy_reason == "plan");
  REQUIRE(view.environments.size() == 1);
  CHECK(view.environments[0].id == "env_1");
  CHECK(view.environments[0].type == "PRODUCTION");
  CHECK(view.environments[0].slug == "prod");
  CHECK(view.environments[0].shortcode == "prod-8f");
  CHECK(view.environments[0].user == "Alice");
}

TEST_CASE("a schedule that rests has no next run") {
  const auto view = value_of(retrieve_schedule("s"),
                             R"({"id":"sched_1","type":"SOMETHING_NEW","task":"t","active":false,"nextRun":null,)"
                             R"("nextRunEffectiveAt":null,"externalId":null})");
  CHECK_FALSE(view.active);
  CHECK_FALSE(view.next_run.has_value());
  CHECK_FALSE(view.next_run_effective.has_value());
  CHECK(view.external_id.empty());
  CHECK(view.type == "SOMETHING_NEW");
  CHECK(view.environments.empty());
}

TEST_CASE("time zones are listed with or without UTC") {
  CHECK(line_of("GET", list_timezones().what) == "/api/v1/timezones");
  CHECK(list_timezones(true).what.path == "/api/v1/timezones?excludeUtc=true");
  hold_reader(list_timezones(), {R"({"timezones":["UTC","Europe/London"]})", {{"/timezones", form::list}}});
  CHECK(value_of(list_timezones(), R"({"timezones":["UTC","Europe/London"]})") ==
        std::vector<std::string>{"UTC", "Europe/London"});
}
