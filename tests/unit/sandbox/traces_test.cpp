#include "site.hpp"

#include <doctest/doctest.h>

namespace triggerd::sandbox::test {

namespace {

std::string of_run(const std::string& id, const char* what) { return "/api/v1/runs/" + id + what; }

std::string ended_run(site& at, const char* task = "hello") {
  const std::string id = at.trigger(task, {{"tags", {"t"}}}).id();
  at.pass(seconds(5));
  return id;
}

json replayed(site& at, const std::string& id, const json& overrides) {
  const answered made = at.post(of_run(id, "/replay"), overrides);
  REQUIRE_MESSAGE(made.status == 200, made.text);
  return at.run(made.id());
}

}  // namespace

TEST_SUITE("traces of runs") {
  TEST_CASE("a trace is the run's own span over the steps of its life") {
    site at;
    const std::string id = ended_run(at, "flaky");
    const json trace = at.get(of_run(id, "/trace")).body.at("trace");
    const json& root = trace.at("rootSpan");
    CHECK(trace.at("traceId").get<std::string>().size() == 32);
    CHECK(root.at("data").at("message") == "flaky");
    CHECK(root.at("data").at("isError") == true);
    CHECK(root.at("data").at("isPartial") == false);
    CHECK(root.at("children").size() == 3);  // queued, executing, finished
    CHECK(root.at("children")[0].at("parentId") == root.at("id"));
    CHECK(at.get(of_run(id, "/trace")).body.at("trace") == trace);
  }

  TEST_CASE("a run that goes on has a partial trace, a cancelled one a cancelled trace") {
    site at;
    const std::string id = at.trigger("slow").id();
    at.pass(seconds(1));
    CHECK(at.get(of_run(id, "/trace")).body["trace"]["rootSpan"]["data"]["isPartial"] == true);
    at.post("/api/v2/runs/" + id + "/cancel", json());
    const json data = at.get(of_run(id, "/trace")).body["trace"]["rootSpan"]["data"];
    CHECK(data.at("isCancelled") == true);
    CHECK(data.at("isError") == false);
  }

  TEST_CASE("a page size turns the trace into pages, with the attempt that failed") {
    site at;
    const std::string id = ended_run(at, "flaky");
    const json first = at.get(of_run(id, "/trace?page[size]=3")).body;
    CHECK(first.at("data").size() == 3);
    CHECK(first.at("attemptFailures")[0].at("spanId") == first.at("data")[0].at("id"));
    const std::string next = first.at("pagination").at("next");
    const json rest = at.get(of_run(id, "/trace?page[size]=3&page[after]=") + next).body;
    CHECK(rest.at("data").size() == 1);
    CHECK(rest.at("pagination").empty());
    CHECK(at.get(of_run(id, "/trace?page[after]=99")).body.at("data").empty());
  }

  TEST_CASE("events and spans tell the same spans") {
    site at;
    const std::string id = ended_run(at);
    const json events = at.get(of_run(id, "/events")).body.at("events");
    REQUIRE(events.size() == 4);
    CHECK(events[0].at("parentId").is_null());
    CHECK(events[0].at("startTime").get<std::string>().ends_with("000000"));
    const std::string span = events[1].at("spanId");
    const json one = at.get(of_run(id, "/spans/") + span).body;
    CHECK(one.at("spanId") == span);
    CHECK(one.at("parentId") == events[0].at("spanId"));
    CHECK(one.at("message") == events[1].at("message"));
    CHECK(at.get(of_run(id, "/spans/0000000000000000")).error() == "Span not found");
  }

  TEST_CASE("who may read the run may read its trace") {
    site at;
    const std::string id = ended_run(at);
    const auto token = [&](const char* scope) {
      return at.post("/api/v1/auth/public-tokens", {{"scopes", {scope}}}).body.at("token").get<std::string>();
    };
    for (const char* what : {"/trace", "/events", "/spans/x"}) {
      CAPTURE(what);
      CHECK(at.get(of_run(id, what), token("read:tags:t").c_str()).status == (what[1] == 's' ? 404 : 200));
      CHECK(at.get(of_run(id, what), token("read:tags:u").c_str()).status == 403);
      CHECK(at.get(of_run(id, what), staging_key).status == 404);
      CHECK(at.get(of_run("run_nobody", what)).header("x-should-retry") == "true");
    }
  }
}

TEST_SUITE("replays with changes") {
  TEST_CASE("what is not said stays as it was") {
    site at;
    const std::string id = at.trigger("hello", {{"tags", {"a"}}, {"concurrencyKey", "c"}, {"machine", "micro"}}).id();
    at.pass(seconds(5));
    const json same = replayed(at, id, json::object());
    CHECK(same.at("tags") == json({"a"}));
    CHECK(same.at("payload") == json({{"n", 1}}));
    const json changed = replayed(at, id, {{"tags", {"b"}}, {"delay", "1h"}, {"metadata", {{"m", 1}}}});
    CHECK(changed.at("tags") == json({"b"}));
    CHECK(changed.at("status") == "DELAYED");
    CHECK(changed.at("metadata") == json({{"m", 1}}));
    CHECK(changed.at("payload") == json({{"n", 1}}));
    CHECK(at.server.effects().count(effect_kind::replay_created) == 2);
  }

  TEST_CASE("another payload, as JSON and as superjson") {
    site at;
    const std::string id = ended_run(at);
    CHECK(replayed(at, id, {{"payload", {{"x", 2}}}}).at("payload") == json({{"x", 2}}));
    const json super = {{"payload", R"({"json":{"x":3}})"}, {"payloadType", "application/super+json"}};
    CHECK(replayed(at, id, super).at("payload") == json({{"x", 3}}));
  }

  TEST_CASE("an idempotency key keeps a second replay from being made") {
    site at;
    const std::string id = ended_run(at);
    const json asked = {{"idempotencyKey", "again"}};
    CHECK(at.post(of_run(id, "/replay"), asked).id() == at.post(of_run(id, "/replay"), asked).id());
    CHECK(at.server.effects().count(effect_kind::replay_created) == 1);
  }

  TEST_CASE("unknown fields and odd values are refused and make nothing") {
    site at;
    const std::string id = ended_run(at);
    const json odd[] = {{{"colour", "red"}},
                        {{"metadata", "m"}},
                        {{"queue", {{"name", "q"}}}},
                        {{"machine", "huge"}},
                        {{"maxAttempts", 0}},
                        {{"payload", {{"x", 1}}}, {"payloadType", "application/super+json"}},
                        {{"payloadType", "text/plain"}, {"payload", "x"}},
                        {{"tags", {1}}},
                        json::array({1})};
    for (const json& body : odd) {
      CAPTURE(body);
      CHECK(at.post(of_run(id, "/replay"), body).status == 400);
    }
    CHECK(at.send(at.make("POST", of_run(id, "/replay"), "{", prod_key)).error() == "Invalid JSON");
    CHECK(at.post(of_run(id, "/replay"), {{"region", "moon"}}).status == 422);
    CHECK(at.post(of_run(id, "/replay"), {{"version", "20200101.1"}}).status == 500);
    CHECK(at.server.effects().count(effect_kind::replay_created) == 0);
  }

  TEST_CASE("a bulk replay moves runs to a region; to an unknown one each fails; a cancel takes none") {
    world of = small_world();
    of.regions = {"local", "eu"};
    site at(of);
    const std::string id = ended_run(at);
    const auto bulk_to = [&](const char* region) {
      const json body = {{"action", "replay"}, {"filter", {{"tag", "t"}}}, {"targetRegion", region}};
      const std::string made = at.post("/api/v1/bulk-actions", body).id();
      at.pass(seconds(5));
      return made;
    };
    const std::string moved = bulk_to("eu");
    CHECK(at.get("/api/v1/runs?filter[bulkAction]=" + moved).body.at("data")[0].at("region") == "eu");
    CHECK(at.run(id).at("region") == "local");
    const json failed = at.get("/api/v1/bulk-actions/" + bulk_to("moon")).body;
    CHECK(failed.at("status") == "COMPLETED");
    CHECK(failed.at("counts").at("success") == 0);
    CHECK(failed.at("counts").at("failure") == 2);
    CHECK(at.post("/api/v1/bulk-actions", {{"action", "cancel"}, {"runIds", {id}}, {"targetRegion", "eu"}}).status ==
          400);
  }
}

}  // namespace triggerd::sandbox::test
