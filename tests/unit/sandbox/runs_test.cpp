#include "site.hpp"

#include <doctest/doctest.h>

#include <set>

namespace triggerd::sandbox::test {

TEST_SUITE("runs") {
  TEST_CASE("a list shows a run 0.6 seconds late, a retrieve at once") {
    site at;
    const std::string id = at.trigger("hello", {{"tags", {"t"}}}).id();
    CHECK(at.status(id) == "QUEUED");
    at.pass(milliseconds(599));
    CHECK(at.listed("filter[tag]=t").empty());
    at.pass(milliseconds(1));
    CHECK(at.listed("filter%5Btag%5D=t") == std::vector{id});
    // its status lags too
    CHECK(at.status(id) == "COMPLETED");
    CHECK(at.listed("filter[status]=COMPLETED").empty());
    at.pass(milliseconds(600));
    CHECK(at.listed("filter[status]=COMPLETED") == std::vector{id});
  }

  TEST_CASE("pages run from the newest to the oldest, each run once, and back") {
    site at;
    std::vector<std::string> made;
    for (int i = 0; i < 25; ++i) {
      made.push_back(at.trigger("hello").id());
      at.pass(milliseconds(1));
    }
    at.pass(seconds(5));
    std::reverse(made.begin(), made.end());
    std::vector<std::string> seen;
    std::string after, previous;
    for (int pages = 0; pages < 4; ++pages) {
      const answered page = at.get("/api/v1/runs?page[size]=10" + (after.empty() ? "" : "&page[after]=" + after));
      for (const json& row : page.body.at("data")) seen.push_back(row.at("id"));
      const json& pagination = page.body.at("pagination");
      if (pagination.contains("previous")) previous = pagination.at("previous");
      if (!pagination.contains("next")) break;
      after = pagination.at("next");
    }
    CHECK(seen == made);
    const answered back = at.get("/api/v1/runs?page[size]=10&page[before]=" + previous);
    CHECK(back.body.at("data")[0].at("id") == made[10]);
  }

  TEST_CASE("a cursor is no run id, and one that cannot be read gives the first page") {
    site at;
    at.trigger("hello");
    at.pass(seconds(5));
    CHECK(at.listed("page[after]=run_bogus").size() == 1);
    CHECK(at.get("/api/v1/runs").body.at("pagination").empty());
  }

  TEST_CASE("filters are joined by and, their values by or") {
    site at;
    const std::string a = at.trigger("hello", {{"tags", {"red", "big"}}}).id();
    const std::string b = at.trigger("flaky", {{"tags", {"red"}}}).id();
    const std::string c = at.trigger("slow", {{"tags", {"blue"}}}).id();
    at.pass(seconds(5));
    const auto set = [&](const std::string& query) {
      const auto rows = at.listed(query);
      return std::set<std::string>(rows.begin(), rows.end());
    };
    CHECK(set("filter[tag]=red,blue") == std::set{a, b, c});
    CHECK(set("filter[tag]=red&filter[status]=FAILED") == std::set{b});
    CHECK(set("filter[taskIdentifier]=hello,slow") == std::set{a, c});
    CHECK(set("filter[status]=EXECUTING") == std::set{c});
    CHECK(set("filter[isTest]=true").empty());
    CHECK(set("filter[queue]=task/hello") == std::set{a});
    CHECK(set("filter[nobody]=knows") == std::set{a, b, c});
    CHECK(set("filter[createdAt][period]=banana") == std::set{a, b, c});
    CHECK(set("filter[createdAt][period]=1s").empty());
    const std::string later = std::to_string(at.now.time_since_epoch().count());
    CHECK(set("filter[createdAt][from]=" + later).empty());
    CHECK(set("filter[createdAt][to]=" + later) == std::set{a, b, c});
  }

  TEST_CASE("values that no filter takes are errors") {
    site at;
    CHECK(at.get("/api/v1/runs?page[size]=0").status == 400);
    CHECK(at.get("/api/v1/runs?page[size]=101").status == 400);
    CHECK(at.get("/api/v1/runs?page[size]=x").status == 400);
    const answered status = at.get("/api/v1/runs?filter[status]=BOGUS");
    CHECK(status.status == 400);
    CHECK(status.error() == "Query Error");
  }

  TEST_CASE("a user lists a project's runs by stored slug, and breaks the server without one") {
    site at;
    const std::string id = at.trigger("hello", json::object(), staging_key).id();
    at.pass(seconds(5));
    const std::string base = "/api/v1/projects/" + std::string(shop) + "/runs";
    const answered page = at.get(base + "?filter[env]=stg", user_token);
    CHECK(page.body.at("data")[0].at("id") == id);
    CHECK(at.get(base, user_token).status == 500);
    CHECK(at.get(base + "?filter[env]=staging", user_token).status == 500);
    CHECK(at.get(base + "?filter[env]=stg", stranger_token).status == 404);
  }

  TEST_CASE("runs of other environments are not there") {
    site at;
    const std::string id = at.trigger("hello").id();
    for (const char* key : {staging_key, other_key}) {
      const answered none = at.get("/api/v3/runs/" + id, key);
      CHECK(none.status == 404);
      CHECK(none.header("x-should-retry") == "true");
      CHECK(at.post("/api/v2/runs/" + id + "/cancel", json::object(), key).error() == "Resource not found");
      CHECK(at.post("/api/v1/runs/" + id + "/replay", json::object(), key).status == 404);
    }
    CHECK(at.get("/api/v1/runs/" + id).status == 404);
    CHECK(at.get("/api/v1/runs/" + id).header("content-type") == "text/html; charset=utf-8");
  }

  TEST_CASE("cancel answers 200 for any run and changes only those that have not ended") {
    site at;
    const std::string done = at.trigger("hello").id();
    at.pass(seconds(1));
    CHECK(at.post("/api/v2/runs/" + done + "/cancel", json::object()).status == 200);
    CHECK(at.status(done) == "COMPLETED");
    const std::string runs = at.trigger("slow").id();
    at.pass(seconds(1));
    CHECK(at.post("/api/v2/runs/" + runs + "/cancel", json::object()).body == json({{"id", runs}}));
    CHECK(at.status(runs) == "CANCELED");
    CHECK_FALSE(at.run(runs).contains("finishedAt"));  // it settles later
    at.pass(milliseconds(500));
    CHECK(at.run(runs).contains("finishedAt"));
    at.pass(std::chrono::hours(2));
    CHECK(at.status(runs) == "CANCELED");
  }

  TEST_CASE("a replay is a new run of the same input and tags, without a trace of its original") {
    site at;
    const std::string id = at.trigger("flaky", {{"tags", {"t"}}, {"idempotencyKey", "k"}}).id();
    at.pass(seconds(1));
    const std::string again = at.post("/api/v1/runs/" + id + "/replay", json::object()).id();
    CHECK(again != id);
    at.pass(seconds(1));
    const json run = at.run(again);
    CHECK(run.at("status") == "COMPLETED");  // replays of this task succeed
    CHECK(run.at("tags") == json({"t"}));
    CHECK(run.dump().find(id) == std::string::npos);
    CHECK_FALSE(run.contains("idempotencyKey"));
    const effect& last = *std::find_if(at.server.effects().all().begin(), at.server.effects().all().end(),
                                       [](const effect& e) { return e.kind == effect_kind::replay_created; });
    CHECK(last.original == id);
    CHECK(last.run == again);
  }

  TEST_CASE("runs of the past stand in lists from the start and log no effect") {
    world of = small_world();
    past_runs outage;
    outage.task = "flaky";
    outage.count = 200;
    outage.oldest = std::chrono::hours(2);
    outage.newest = std::chrono::minutes(3);
    outage.tags = {"outage"};
    of.projects[0].environments[3].past = {outage};
    site at(of);
    CHECK(at.listed("filter[tag]=outage&page[size]=100&filter[status]=FAILED").size() == 100);
    CHECK(at.server.run_counts().at("proj_shopaaaaaaaaaaaaaaaa/prod").at("FAILED") == 200);
    CHECK(at.server.effects().last() == 0);
    const std::string young = std::to_string((at.now - std::chrono::hours(1)).time_since_epoch().count());
    CHECK(at.listed("page[size]=100&filter[createdAt][to]=" + young).size() == 100);
    CHECK(at.server.next_change() == std::nullopt);
  }
}

}  // namespace triggerd::sandbox::test
