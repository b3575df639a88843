#include "site.hpp"

#include "sandbox/deployment_store.hpp"

#include <doctest/doctest.h>

namespace triggerd::sandbox::test {

namespace {

constexpr const char* all_deployments = "/api/v1/deployments";

std::string begun(site& at) { return at.post(all_deployments, {{"contentHash", "h"}}).id(); }

answered on_deployment(site& at, const std::string& name, const char* action, const json& body = json::object()) {
  return at.post(std::string(all_deployments) + '/' + name + action, body);
}

std::string current_version(site& at) {
  return at.get("/api/v1/deployments/current").body.at("version").get<std::string>();
}

// A second deployed version, which is current.
std::string newer_version(site& at) {
  const std::string id = begun(at);
  on_deployment(at, id, "/finalize");
  return current_version(at);
}

}  // namespace

TEST_SUITE("deployments") {
  TEST_CASE("an environment begins with its deployment; dev and one without tasks have none") {
    world of = small_world();
    of.projects[1].environments[0].tasks.clear();
    site at(of);
    const json list = at.get(all_deployments).body;
    REQUIRE(list.at("data").size() == 1);
    CHECK(list.at("data")[0] == at.get("/api/v1/deployments/current").body);
    CHECK(list.at("data")[0].at("version") == "20261124.1");
    CHECK(at.get(all_deployments, dev_key).body.at("data").empty());
    CHECK(at.get(all_deployments, other_key).body.at("data").empty());
    CHECK(at.get("/api/v1/deployments/current", other_key).status == 404);
    CHECK(at.get("/api/v1/deployments/latest").error() == "Deployment not found");
  }

  TEST_CASE("runs start with the version that is current, and may be locked to an older one") {
    site at;
    const std::string before = at.trigger("hello").id();
    at.pass(seconds(1));
    const std::string version = newer_version(at);
    const std::string after = at.trigger("hello").id();
    at.pass(seconds(1));
    CHECK(at.run(before).at("version") == "20261124.1");
    CHECK(at.run(after).at("version") == version);
    CHECK(at.trigger("hello", {{"lockToVersion", "20261124.1"}}).status == 200);
    CHECK(at.trigger("hello", {{"lockToVersion", "20200101.1"}}).status == 500);
    CHECK(at.listed("filter[version]=" + version) == std::vector<std::string>{after});
  }

  TEST_CASE("an older version is promoted only as a roll back") {
    site at;
    const std::string version = newer_version(at);
    CHECK(on_deployment(at, version, "/promote").error() == "Deployment is already the current deployment.");
    CHECK(on_deployment(at, "20261124.1", "/promote").status == 400);
    const answered back = on_deployment(at, "20261124.1", "/promote?allowRollbacks=true");
    CHECK(back.status == 200);
    CHECK(back.body.at("version") == "20261124.1");
    CHECK(current_version(at) == "20261124.1");
    CHECK(on_deployment(at, version, "/promote").status == 200);
    CHECK(on_deployment(at, "20200101.1", "/promote").status == 404);
  }

  TEST_CASE("only what is pending can be cancelled, and is never promoted") {
    site at;
    const std::string id = begun(at);
    const std::string one = std::string(all_deployments) + '/' + id;
    CHECK(at.get(one).body.at("status") == "PENDING");
    CHECK_FALSE(at.get(one).body.contains("worker"));
    const answered cancelled = on_deployment(at, id, "/cancel", {{"reason", "enough"}});
    CHECK(cancelled.status == 204);
    CHECK(cancelled.text.empty());
    CHECK(at.get(one).body.at("canceledReason") == "enough");
    CHECK(on_deployment(at, id, "/cancel").status == 409);
    CHECK(on_deployment(at, id, "/finalize").status == 400);
    CHECK(on_deployment(at, at.get(one).body.at("version"), "/promote").status == 400);
    CHECK(on_deployment(at, "deployment_nobody", "/cancel").status == 404);
    CHECK(at.post(one + "/cancel", json::object(), staging_key).status == 404);
  }

  TEST_CASE("a deployment tells its tasks") {
    site at;
    const json worker =
        at.get(std::string(all_deployments) + '/' + at.get("/api/v1/deployments/current").id()).body.at("worker");
    CHECK(worker.at("tasks").size() == 3);
    CHECK(worker.at("tasks")[0].at("slug") == "hello");
  }

  TEST_CASE("lists are filtered by status and time, and turned over by id") {
    site at;
    for (int i = 0; i < 7; ++i) begun(at);
    CHECK(at.get("/api/v1/deployments?status=PENDING").body.at("data").size() == 7);
    CHECK(at.get("/api/v1/deployments?status=FAILED").body.at("data").empty());
    CHECK(at.get("/api/v1/deployments?status=NONE").status == 400);
    at.pass(std::chrono::hours(3));
    begun(at);
    CHECK(at.get("/api/v1/deployments?period=1h").body.at("data").size() == 1);
    CHECK(at.get("/api/v1/deployments?period=ages").status == 400);
    CHECK(at.get("/api/v1/deployments?from=yesterday").status == 400);
    const json page = at.get("/api/v1/deployments?page[size]=5").body;
    CHECK(page.at("data").size() == 5);
    const std::string next = page.at("pagination").at("next");
    CHECK(next == page.at("data")[4].at("id"));
    const json rest = at.get("/api/v1/deployments?page[size]=5&page[after]=" + next).body;
    CHECK(rest.at("data").size() == 4);
    CHECK(rest.at("pagination").empty());
  }

  TEST_CASE("scopes: a limited key and a token need read:deployments; a token never changes one") {
    site at;
    CHECK(at.get(all_deployments, narrow_key).status == 403);
    const std::string token =
        at.post("/api/v1/auth/public-tokens", {{"scopes", {"read:deployments"}}}).body.at("token");
    CHECK(at.get(all_deployments, token.c_str()).status == 200);
    CHECK(at.get("/api/v1/deployments/current", token.c_str()).status == 200);
    CHECK(at.get("/api/v1/deployments/latest", token.c_str()).status == 401);
    CHECK(at.post(all_deployments, {{"contentHash", "h"}}, token.c_str()).status == 401);
    CHECK(at.get(all_deployments, user_token).status == 401);
    CHECK(at.post(all_deployments, json::object()).error() == "Invalid body");
  }

  TEST_CASE("versions are compared by day and number, not as texts") {
    CHECK(is_older_version("20261124.9", "20261124.10"));
    CHECK(is_older_version("20261123.10", "20261124.1"));
    CHECK_FALSE(is_older_version("20261124.1", "20261124.1"));
  }
}

}  // namespace triggerd::sandbox::test
