#include "site.hpp"

#include <doctest/doctest.h>

namespace triggerd::sandbox::test {

namespace {

world bounded_world() {
  world out = small_world();
  out.projects[0].environments[3].queue_bounds = {{"reports", 1}};
  out.projects[0].environments[3].limits = {{"partner/api", 5, std::nullopt}, {"other", std::nullopt, 2}};
  out.projects[0].environments[3].additional_keys.push_back({"tr_prod_sk_queues0000000000000007", {"read:queues"}});
  return out;
}

answered to_queue(site& at, const char* name, const char* action, const json& body) {
  return at.post("/api/v1/queues/" + std::string(name) + action, body);
}

json the_queue(site& at, const char* name, const char* type = "custom") {
  return at.get("/api/v1/queues/" + std::string(name) + "?type=" + type).body;
}

const json in_reports = {{"queue", {{"name", "reports"}}}};

}  // namespace

TEST_SUITE("queues and concurrency limits") {
  TEST_CASE("the deployment's queues are listed by name, a task's own without its prefix") {
    site at(bounded_world());
    const json list = at.get("/api/v1/queues").body;
    std::vector<std::string> names;
    for (const json& one : list.at("data")) names.push_back(one.at("name"));
    CHECK(names == std::vector<std::string>{"flaky", "hello", "reports", "slow"});
    CHECK(list.at("data")[1].at("type") == "task");
    CHECK(list.at("data")[2].at("concurrencyLimit") == 1);
    CHECK(list.at("pagination").at("count") == 4);
    CHECK(at.get("/api/v1/queues?page=0").status == 400);
    CHECK(at.get("/api/v1/queues?perPage=101").status == 200);
  }

  TEST_CASE("a queue is found by id, by task and by name") {
    site at(bounded_world());
    const json task = the_queue(at, "hello", "task");
    CHECK(at.get("/api/v1/queues/" + task.at("id").get<std::string>()).body == task);
    CHECK(the_queue(at, "reports").at("name") == "reports");
    CHECK(at.get("/api/v1/queues/reports?type=task").error() == "queue-not-found");
    CHECK(at.get("/api/v1/queues/hello?type=custom").status == 404);
    CHECK(at.get("/api/v1/queues/hello?type=banana").status == 400);
  }

  TEST_CASE("a paused queue takes runs and starts none until it is resumed") {
    site at(bounded_world());
    for (int i = 0; i < 2; ++i)
      CHECK(to_queue(at, "hello", "/pause", {{"type", "task"}, {"action", "pause"}}).body.at("paused") == true);
    const std::string held = at.trigger("hello").id();
    const std::string free = at.trigger("flaky").id();
    at.pass(seconds(5));
    CHECK(at.status(held) == "QUEUED");
    CHECK(at.status(free) == "FAILED");
    CHECK(the_queue(at, "hello", "task").at("queued") == 1);
    to_queue(at, "hello", "/pause", {{"type", "task"}, {"action", "resume"}});
    at.pass(seconds(5));
    CHECK(at.status(held) == "COMPLETED");
    CHECK(the_queue(at, "hello", "task").at("queued") == 0);
  }

  TEST_CASE("a resumed environment leaves a paused queue paused") {
    site at(bounded_world());
    to_queue(at, "hello", "/pause", {{"type", "task"}, {"action", "pause"}});
    const std::string held = at.trigger("hello").id();
    at.pass(seconds(1));
    const std::string home = "/api/v1/projects/" + std::string(shop) + "/prod";
    CHECK(at.post(home + "/pause", json::object(), user_token).status == 200);
    CHECK(at.post(home + "/resume", json::object(), user_token).status == 200);
    at.pass(seconds(5));
    CHECK(at.status(held) == "QUEUED");
  }

  TEST_CASE("a limited queue runs so many at once, one after the other") {
    site at(bounded_world());
    const std::string first = at.trigger("hello", in_reports).id();
    const std::string second = at.trigger("hello", in_reports).id();
    at.pass(milliseconds(200));
    CHECK(at.status(first) == "EXECUTING");
    CHECK(at.status(second) == "QUEUED");
    CHECK(the_queue(at, "reports").at("running") == 1);
    at.pass(milliseconds(400));
    CHECK(at.status(first) == "COMPLETED");
    CHECK(at.status(second) == "EXECUTING");
  }

  TEST_CASE("the place of a cancelled run goes to the next") {
    site at(bounded_world());
    const std::string first = at.trigger("slow", in_reports).id();
    const std::string second = at.trigger("hello", in_reports).id();
    at.pass(milliseconds(200));
    at.post("/api/v2/runs/" + first + "/cancel", json());
    CHECK(at.status(second) == "EXECUTING");
  }

  TEST_CASE("an override counts at once, and a reset brings the old limit back") {
    site at(bounded_world());
    const json over =
        to_queue(at, "reports", "/concurrency/override", {{"type", "custom"}, {"concurrencyLimit", 2}}).body;
    CHECK(over.at("concurrencyLimit") == 2);
    CHECK(over.at("concurrency").at("base") == 1);
    CHECK(over.at("concurrency").at("override") == 2);
    std::vector<std::string> runs;
    for (int i = 0; i < 2; ++i) runs.push_back(at.trigger("hello", in_reports).id());
    at.pass(milliseconds(200));
    for (const auto& id : runs) CHECK(at.status(id) == "EXECUTING");
    CHECK(to_queue(at, "reports", "/concurrency/reset", {{"type", "custom"}}).body.at("concurrencyLimit") == 1);
    CHECK(to_queue(at, "reports", "/concurrency/reset", {{"type", "custom"}}).error() == "Queue is not overridden");
    CHECK(to_queue(at, "reports", "/concurrency/override", {{"type", "custom"}, {"percent", 50}}).status == 200);
    CHECK(the_queue(at, "reports").at("concurrencyLimitOverridePercent") == 50);
  }

  TEST_CASE("odd overrides and odd keys are refused") {
    site at(bounded_world());
    const json odd[] = {json::object(),
                        {{"concurrencyLimit", -1}},
                        {{"concurrencyLimit", 100'001}},
                        {{"concurrencyLimit", 1.5}},
                        {{"concurrencyLimit", "1"}},
                        {{"percent", 0}},
                        {{"percent", 101}},
                        {{"percent", 5}, {"concurrencyLimit", 5}},
                        {{"concurrencyLimit", 1}, {"type", "banana"}}};
    for (json body : odd) {
      if (!body.contains("type")) body["type"] = "custom";
      CAPTURE(body);
      CHECK(to_queue(at, "reports", "/concurrency/override", body).status == 400);
    }
    CHECK(to_queue(at, "nobody", "/concurrency/override", {{"type", "custom"}, {"concurrencyLimit", 1}}).status == 404);
    CHECK(to_queue(at, "reports", "/pause", {{"type", "custom"}, {"action", "stop"}}).status == 400);
    const char* reader = "tr_prod_sk_queues0000000000000007";
    CHECK(at.get("/api/v1/queues", reader).status == 200);
    CHECK(at.post("/api/v1/queues/reports/pause", {{"type", "custom"}, {"action", "pause"}}, reader).status == 403);
    CHECK(at.get("/api/v1/queues", narrow_key).status == 403);
  }

  TEST_CASE("a concurrency limit is overridden for all, for one key until a time, paused and reset") {
    site at(bounded_world());
    const std::string one = "/api/v1/concurrency-limits/partner%252Fapi";
    const json plain = at.get(one).body;
    CHECK(plain.at("total") == json({{"current", 5}, {"base", 5}, {"override", nullptr}, {"overriddenAt", nullptr}}));
    CHECK(at.get("/api/v1/concurrency-limits?perPage=1").body.at("pagination").at("totalPages") == 2);
    const json over = at.post(one + "/override", {{"total", 9}, {"perKey", 2}}).body;
    CHECK(over.at("total").at("current") == 9);
    CHECK(over.at("perKey").at("override") == 2);
    const json keyed = at.post(one + "/override", {{"concurrencyKey", "a b"}, {"perKey", 0}, {"ttl", "1h"}}).body;
    CHECK(keyed.at("perKey").at("current") == 0);
    CHECK(at.get(one + "?concurrencyKey=a+b").body == keyed);
    at.pass(std::chrono::hours(1));
    CHECK(at.get(one + "?concurrencyKey=a+b").body.at("perKey").at("expiresAt").is_null());
    CHECK(at.post(one + "/pause", {{"action", "pause"}}).body.at("paused") == true);
    CHECK(at.post(one + "/pause", {{"action", "resume"}}).body.at("paused") == false);
    CHECK(at.post(one + "/reset", json::object()).body == plain);
    CHECK(at.post(one + "/reset", {{"concurrencyKey", "a b"}}).body.at("perKey").at("override").is_null());
  }

  TEST_CASE("odd overrides of a concurrency limit are refused") {
    site at(bounded_world());
    const std::string one = "/api/v1/concurrency-limits/other";
    const json odd[] = {json::object(),
                        {{"total", -1}},
                        {{"perKey", 100'001}},
                        {{"total", "1"}},
                        {{"total", 1.5}},
                        {{"concurrencyKey", "k"}},
                        {{"concurrencyKey", 1}, {"perKey", 1}},
                        {{"concurrencyKey", "k"}, {"perKey", 1}, {"ttl", "31d"}},
                        {{"concurrencyKey", "k"}, {"perKey", 1}, {"ttl", "soon"}}};
    for (const json& body : odd) {
      CAPTURE(body);
      CHECK(at.post(one + "/override", body).status == 400);
    }
    CHECK(at.post(one + "/pause", {{"action", "stop"}}).status == 400);
    CHECK(at.get("/api/v1/concurrency-limits/nobody").status == 404);
    CHECK(at.get("/api/v1/concurrency-limits", narrow_key).status == 403);
  }
}

}  // namespace triggerd::sandbox::test
