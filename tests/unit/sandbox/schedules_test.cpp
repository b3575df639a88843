#include "site.hpp"

#include "sandbox/schedule_store.hpp"

#include <doctest/doctest.h>

namespace triggerd::sandbox::test {

namespace {

constexpr const char* all_schedules = "/api/v1/schedules";

world scheduled_world() {
  world out = small_world();
  known_task nightly;
  nightly.name = "nightly";
  nightly.scheduled = true;
  known_task declared = nightly;
  declared.name = "declared";
  declared.scheduled = false;
  declared.cron = "0 5 * * *";
  declared.zone = "Europe/Paris";
  for (environment& one : out.projects[0].environments) one.tasks.push_back(nightly);
  out.projects[0].environments[3].tasks.push_back(declared);
  return out;
}

json nightly(const char* key, const json& more = json::object()) {
  json out = {{"task", "nightly"}, {"cron", "0 3 * * *"}, {"deduplicationKey", key}};
  out.update(more);
  return out;
}

std::string schedule_at(const std::string& id, const char* action = "") {
  return std::string(all_schedules) + '/' + id + action;
}

std::size_t schedule_count(site& at, const char* key = prod_key) {
  return at.get(all_schedules, key).body.at("pagination").at("count").get<std::size_t>();
}

}  // namespace

TEST_SUITE("schedules") {
  TEST_CASE("the same deduplication key replaces all but the task, and resets what is left out") {
    site at(scheduled_world());
    const answered first = at.post(all_schedules, nightly("k", {{"timezone", "Europe/Rome"}, {"externalId", "e"}}));
    CHECK(first.status == 200);
    CHECK(first.body.at("timezone") == "Europe/Rome");
    const answered second = at.post(all_schedules, nightly("k", {{"cron", "0 4 * * *"}, {"task", "declared"}}));
    CHECK(second.id() == first.id());
    CHECK(second.body.at("task") == "nightly");
    CHECK(second.body.at("timezone") == "UTC");
    CHECK(second.body.at("generator").at("expression") == "0 4 * * *");
    CHECK_FALSE(second.body.contains("externalId"));
    CHECK(schedule_count(at) == 2);  // and the declared one
  }

  TEST_CASE("a key of another environment takes the schedule over") {
    site at(scheduled_world());
    const std::string id = at.post(all_schedules, nightly("k")).id();
    CHECK(at.get(schedule_at(id), staging_key).status == 404);
    CHECK(at.post(all_schedules, nightly("k"), staging_key).id() == id);
    CHECK(at.get(schedule_at(id)).status == 404);
    CHECK(at.get(schedule_at(id), staging_key).body.at("environments")[0].at("type") == "STAGING");
    CHECK(at.post(all_schedules, nightly("k"), other_key).status == 422);  // that project has no such task
  }

  TEST_CASE("a deduplication key is as good as the id") {
    site at(scheduled_world());
    const std::string id = at.post(all_schedules, nightly("my key/1")).id();
    CHECK(at.get(schedule_at("my%20key%2F1")).id() == id);
    CHECK(at.post(schedule_at("my%20key%2F1", "/deactivate"), json()).status == 200);
    CHECK(at.remove(schedule_at("my%20key%2F1")).body == json({{"id", id}}));
    CHECK(at.remove(schedule_at(id)).status == 404);
  }

  TEST_CASE("an inactive schedule has no next run, and both ways are idempotent") {
    site at(scheduled_world());
    const std::string id = at.post(all_schedules, nightly("k")).id();
    for (int i = 0; i < 2; ++i) {
      const json off = at.post(schedule_at(id, "/deactivate"), json()).body;
      CHECK(off.at("active") == false);
      CHECK(off.at("nextRun").is_null());
    }
    for (int i = 0; i < 2; ++i) CHECK(at.post(schedule_at(id, "/activate"), json()).body.at("nextRun").is_string());
    CHECK(at.post(schedule_at("sched_nobody", "/activate"), json()).error() == "Schedule not found");
  }

  TEST_CASE("a put replaces; of an unknown id it makes a new schedule") {
    site at(scheduled_world());
    const std::string id = at.post(all_schedules, nightly("k")).id();
    const json change = {{"task", "nightly"}, {"cron", "0 6 * * *"}, {"window", "30m"}};
    const answered changed = at.put(schedule_at(id), change);
    CHECK(changed.id() == id);
    CHECK(changed.body.at("window") == "30m");
    CHECK(changed.body.at("deduplicationKey") == "k");
    const answered made = at.put(schedule_at("sched_nobody"), change);
    CHECK(made.status == 200);
    CHECK(made.id() != id);
    CHECK_FALSE(made.body.contains("deduplicationKey"));
    CHECK(at.put(schedule_at(id), change, staging_key).status == 404);
    CHECK(at.put(schedule_at(id), {{"task", "nightly"}}).status == 400);
  }

  TEST_CASE("a declared schedule cannot be changed, but turned off and deleted") {
    site at(scheduled_world());
    const json declared = at.get(all_schedules).body.at("data")[0];
    CHECK(declared.at("type") == "DECLARATIVE");
    const std::string id = declared.at("id");
    CHECK(at.put(schedule_at(id), {{"task", "declared"}, {"cron", "0 6 * * *"}}).error() ==
          "Cannot update a declarative schedule");
    CHECK(at.post(schedule_at(id, "/deactivate"), json()).status == 200);
    CHECK(at.remove(schedule_at(id)).status == 200);
    CHECK(schedule_count(at) == 0);
  }

  TEST_CASE("what cannot be scheduled is refused") {
    site at(scheduled_world());
    CHECK(at.post(all_schedules, nightly("k", {{"timezone", "Asia/Kolkata"}})).status == 422);
    CHECK(at.post(all_schedules, nightly("k", {{"cron", "0 0 3 * * *"}})).status == 422);
    CHECK(at.post(all_schedules, nightly("k", {{"window", "25h"}})).status == 422);
    CHECK(at.post(all_schedules, nightly("k", {{"task", "nobody"}})).error() ==
          "Task with identifier nobody not found in project.");
    CHECK(at.post(all_schedules, nightly("k", {{"task", "hello"}})).error() ==
          "Task with identifier hello is not a scheduled task.");
    CHECK(at.post(all_schedules, nightly("k", {{"timezone", 3}})).status == 400);
    CHECK(at.send(at.make("POST", all_schedules, "{", prod_key)).status == 500);
    CHECK(at.post(all_schedules, nightly("k"), narrow_key).error() == "Invalid or Missing API Key");
    CHECK(at.post(all_schedules, nightly("k"), user_token).status == 401);
  }

  TEST_CASE("the effective start lies in the window, the same each time") {
    site at(scheduled_world());
    const json made = at.post(all_schedules, nightly("k")).body;
    CHECK(made.at("nextRun").get<std::string>() <= made.at("nextRunEffectiveAt").get<std::string>());
    CHECK(at.get(schedule_at(made.at("id"))).body.at("nextRunEffectiveAt") == made.at("nextRunEffectiveAt"));
    CHECK(read_window("24h") == std::chrono::hours(24));
    CHECK(read_window("50%") == seconds(30));
    for (const char* bad : {"", "m", "-1m", "101%", "25h", "1441m", "3s", "1.5h"}) CHECK_FALSE(read_window(bad));
  }

  TEST_CASE("pages are counted from one, newest first, and end in nothing") {
    site at(scheduled_world());
    for (const char* key : {"a", "b", "c"}) at.post(all_schedules, nightly(key), staging_key);
    const json page = at.get("/api/v1/schedules?page=2&perPage=2", staging_key).body;
    CHECK(page.at("pagination") == json({{"currentPage", 2}, {"totalPages", 2}, {"count", 3}}));
    CHECK(page.at("data").size() == 1);
    CHECK(page.at("data")[0].at("deduplicationKey") == "a");
    CHECK(at.get("/api/v1/schedules?page=9", staging_key).body.at("data").empty());
    for (const char* bad : {"page=0", "page=x", "perPage=-1", "perPage="})
      CHECK(at.get(std::string("/api/v1/schedules?") + bad).error() == "Invalid request parameters");
  }

  TEST_CASE("time zones are told to anybody") {
    site at;
    const answered all = at.get("/api/v1/timezones", nullptr);
    CHECK(all.status == 200);
    CHECK(all.body.at("timezones")[0] == "UTC");
    CHECK(at.get("/api/v1/timezones?excludeUtc=true", nullptr).body.at("timezones").size() ==
          all.body.at("timezones").size() - 1);
    CHECK_FALSE(all.header("x-ratelimit-limit"));
  }
}

}  // namespace triggerd::sandbox::test
