#include "site.hpp"

#include <doctest/doctest.h>

namespace triggerd::sandbox::test {

namespace {

constexpr const char* all_errors = "/api/v1/errors";

void fail_some(site& at, int count) {
  for (int i = 0; i < count; ++i) at.trigger("flaky");
  at.pass(seconds(5));
}

json only_group(site& at) {
  const json groups = at.get(all_errors).body.at("data");
  REQUIRE(groups.size() == 1);
  return groups[0];
}

answered on_error(site& at, const json& group, const char* action, const json& body = json::object()) {
  return at.post(std::string(all_errors) + '/' + group.at("id").get<std::string>() + action, body);
}

}  // namespace

TEST_SUITE("error groups") {
  TEST_CASE("runs that fail alike are one group, others another") {
    site at;
    CHECK(at.get(all_errors).body.at("data").empty());
    fail_some(at, 2);
    const json group = only_group(at);
    CHECK(group.at("count") == 2);
    CHECK(group.at("status") == "unresolved");
    CHECK(group.at("taskIdentifier") == "flaky");
    CHECK(group.at("errorType") == "Error");
    CHECK(group.at("firstSeen").get<std::string>() <= group.at("lastSeen").get<std::string>());
    at.post("/api/v1/tasks/hello/trigger", {{"payload", {{"behaviour", "crash"}}}});
    at.pass(seconds(5));
    const json list = at.get(all_errors).body.at("data");
    REQUIRE(list.size() == 2);
    CHECK(list[1].at("errorType") == "TASK_PROCESS_EXITED_WITH_NON_ZERO_CODE");
    CHECK(at.get("/api/v1/errors?filter[taskIdentifier]=hello").body.at("data").size() == 1);
    CHECK(at.get("/api/v1/errors?filter[search]=boom").body.at("data").size() == 1);
    CHECK(at.get("/api/v1/errors?filter[version]=20200101.1").body.at("data").empty());
    CHECK(at.get(all_errors, staging_key).body.at("data").empty());
  }

  TEST_CASE("successful and cancelled runs are no errors") {
    site at;
    at.trigger("hello");
    const std::string slow = at.trigger("slow").id();
    at.pass(seconds(5));
    at.post("/api/v2/runs/" + slow + "/cancel", json());
    at.pass(seconds(5));
    CHECK(at.get(all_errors).body.at("data").empty());
  }

  TEST_CASE("a resolved group is resolved until the error comes back") {
    site at;
    fail_some(at, 1);
    const json group = only_group(at);
    const json done = on_error(at, group, "/resolve", {{"resolvedInVersion", "20261124.2"}}).body;
    CHECK(done.at("status") == "resolved");
    CHECK(done.at("resolvedInVersion") == "20261124.2");
    CHECK(done.at("affectedVersions") == json({"20261124.1"}));
    CHECK(at.get("/api/v1/errors?filter[status]=unresolved").body.at("data").empty());
    fail_some(at, 1);
    CHECK(only_group(at).at("status") == "unresolved");
  }

  TEST_CASE("an ignored group comes back after its time or its number of errors") {
    site at;
    fail_some(at, 1);
    const json group = only_group(at);
    const json ignored = on_error(at, group, "/ignore", {{"duration", 60'000}, {"reason", "known"}}).body;
    CHECK(ignored.at("status") == "ignored");
    CHECK(ignored.at("ignoredReason") == "known");
    at.pass(seconds(60));
    CHECK(only_group(at).at("status") == "unresolved");
    on_error(at, group, "/ignore", {{"totalOccurrences", 2}});
    fail_some(at, 1);
    CHECK(only_group(at).at("status") == "ignored");
    fail_some(at, 1);
    CHECK(only_group(at).at("status") == "unresolved");
    on_error(at, group, "/ignore");
    CHECK(on_error(at, group, "/unresolve").body.at("status") == "unresolved");
  }

  TEST_CASE("lists show the last day and are turned over by the last id") {
    site at;
    fail_some(at, 2);
    at.post("/api/v1/tasks/hello/trigger", {{"payload", {{"behaviour", "fail"}}}});
    at.pass(seconds(5));
    const json page = at.get("/api/v1/errors?page[size]=1").body;
    CHECK(page.at("data")[0].at("count") == 2);
    const std::string next = page.at("pagination").at("next");
    const json rest = at.get("/api/v1/errors?page[size]=1&page[after]=" + next).body;
    CHECK(rest.at("data")[0].at("count") == 1);
    CHECK(rest.at("pagination").empty());
    at.pass(std::chrono::hours(25));
    CHECK(at.get(all_errors).body.at("data").empty());
    CHECK(at.get("/api/v1/errors?filter[period]=2d").body.at("data").size() == 2);
  }

  TEST_CASE("what cannot be decided is refused") {
    site at;
    fail_some(at, 1);
    const json group = only_group(at);
    const answered nobody = at.get("/api/v1/errors/error_nobody");
    CHECK(nobody.status == 404);
    CHECK(nobody.header("x-should-retry") == "false");
    CHECK(on_error(at, group, "/resolve", {{"resolvedInVersion", 2}}).status == 400);
    const json odd[] = {{{"duration", 0}},
                        {{"duration", 1.5}},
                        {{"duration", "1h"}},
                        {{"occurrenceRate", 0}},
                        {{"totalOccurrences", "2"}},
                        {{"reason", 1}},
                        {{"reason", std::string(1'001, 'x')}}};
    for (const json& body : odd) {
      CAPTURE(body);
      CHECK(on_error(at, group, "/ignore", body).status == 400);
    }
    CHECK(at.get("/api/v1/errors?filter[status]=solved").status == 400);
    CHECK(at.get("/api/v1/errors?page[size]=0").status == 400);
    CHECK(at.get(all_errors, narrow_key).status == 403);
    const std::string one = std::string(all_errors) + '/' + group.at("id").get<std::string>();
    CHECK(at.get(one, narrow_key).status == 403);
    CHECK(at.post(one + "/unresolve", json::object(), narrow_key).status == 403);
  }
}

}  // namespace triggerd::sandbox::test
