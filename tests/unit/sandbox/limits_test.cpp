#include "site.hpp"

#include <doctest/doctest.h>

namespace triggerd::sandbox::test {

namespace {

world narrow_world() {
  world out = small_world();
  out.limits.api = {3, 2, seconds(10)};
  out.limits.batch = {10, 5, seconds(10)};
  return out;
}

}  // namespace

TEST_SUITE("rate limits") {
  TEST_CASE("headers tell what is left, and the reset in milliseconds") {
    site at(narrow_world());
    const answered first = at.get("/api/v1/whoami");
    CHECK(first.header("x-ratelimit-limit") == "3");
    CHECK(first.header("x-ratelimit-remaining") == "2");
    const auto reset = (at.now + seconds(10)).time_since_epoch().count();
    CHECK(first.header("x-ratelimit-reset") == std::to_string(reset));
  }

  TEST_CASE("an exhausted bucket answers a problem without retry-after, before anything else") {
    site at(narrow_world());
    for (int i = 0; i < 3; ++i) CHECK(at.get("/api/v1/whoami").status == 200);
    at.pass(milliseconds(8'568));
    const answered none = at.get("/api/v1/nobody");
    CHECK(none.status == 429);
    CHECK(none.header("content-type") == "application/problem+json; charset=utf-8");
    CHECK_FALSE(none.header("retry-after").has_value());
    CHECK(none.header("x-ratelimit-remaining") == "0");
    CHECK(none.body.at("remaining") == -1);
    CHECK(none.body.at("secondsUntilReset") == 1.432);
    CHECK(none.error() == "Rate limit exceeded 0/3 requests remaining. Retry in 1.432 seconds.");
    CHECK(at.trigger("hello").status == 429);
    CHECK(at.server.effects().last() == 0);
    at.pass(milliseconds(1'432));
    CHECK(at.get("/api/v1/whoami").status == 200);
    CHECK(at.get("/api/v1/whoami").status == 200);
    CHECK(at.get("/api/v1/whoami").status == 429);  // two came back
  }

  TEST_CASE("environments have their own bucket; branches and additional keys share their environment's") {
    site at(narrow_world());
    for (int i = 0; i < 3; ++i) at.get("/api/v1/runs", preview_key, {{"x-trigger-branch", "demo"}});
    CHECK(at.get("/api/v1/runs", preview_key, {{"x-trigger-branch", "feat/checkout"}}).status == 429);
    CHECK(at.get("/api/v1/runs", staging_key).status == 200);
    for (int i = 0; i < 3; ++i) at.get("/api/v1/whoami");
    CHECK(at.trigger("hello", json::object(), narrow_key).status == 429);
    CHECK(at.get("/api/v2/whoami", user_token).status == 200);
  }

  TEST_CASE("the batch bucket counts items and carries every header twice, its reset in seconds") {
    site at(narrow_world());
    CHECK(at.post("/api/v3/batches", {{"runCount", 8}}).status == 202);
    const answered none = at.post("/api/v3/batches", {{"runCount", 8}});
    CHECK(none.status == 429);
    CHECK(none.header("content-type") == "application/json; charset=utf-8");
    CHECK(none.header("retry-after") == "10");
    CHECK(none.error().starts_with("Batch rate limit exceeded. Limit resets at 20"));
    CHECK(none.all("x-ratelimit-limit") == std::vector<std::string>{"3", "10"});
    const auto resets = none.all("x-ratelimit-reset");
    REQUIRE(resets.size() == 2);
    CHECK(resets[0].size() == resets[1].size() + 3);
    at.pass(seconds(10));
    CHECK(at.post("/api/v3/batches", {{"runCount", 1}}).status == 429);  // what was refused took its tokens too
    at.pass(seconds(10));
    CHECK(at.post("/api/v3/batches", {{"runCount", 1}}).status == 202);
  }

  TEST_CASE("once exhausted, even one item is refused, and the older batch call passes") {
    site at(narrow_world());
    at.post("/api/v3/batches", {{"runCount", 10}});
    CHECK(at.post("/api/v3/batches", {{"runCount", 1}}).status == 429);
    CHECK(at.post("/api/v2/tasks/batch", {{"items", {{{"task", "hello"}}, {{"task", "hello"}}}}}).status == 202);
  }

  TEST_CASE("items of a fresh batch are free, ten times") {
    site at(narrow_world());
    const std::string id = at.post("/api/v3/batches", {{"runCount", 1}}).id();
    const json stranger = {{"index", 5}, {"task", "hello"}};
    for (int i = 0; i < 10; ++i) CHECK_FALSE(at.items(id, {stranger}).header("x-ratelimit-limit").has_value());
    CHECK(at.items(id, {stranger}).header("x-ratelimit-limit").has_value());
  }
}

}  // namespace triggerd::sandbox::test
