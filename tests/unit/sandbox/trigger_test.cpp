#include "site.hpp"

#include <doctest/doctest.h>

namespace triggerd::sandbox::test {

TEST_SUITE("trigger") {
  TEST_CASE("a trigger makes a run and hands out a token that reads it") {
    site at;
    const answered made = at.trigger("hello");
    CHECK(made.status == 200);
    CHECK(made.body == json({{"id", made.id()}, {"isCached", false}}));
    CHECK(made.header("x-trigger-jwt-claims").has_value());
    const std::string token = made.header("x-trigger-jwt").value();
    CHECK(at.get("/api/v3/runs/" + made.id(), token.c_str()).status == 200);
    const answered other = at.trigger("hello");
    CHECK(at.get("/api/v3/runs/" + other.id(), token.c_str()).status == 403);
  }

  TEST_CASE("a run waits, runs and ends on the model's clock alone") {
    site at;
    const std::string id = at.trigger("hello").id();
    CHECK(at.status(id) == "QUEUED");
    at.pass(milliseconds(100));
    CHECK(at.status(id) == "EXECUTING");
    at.pass(milliseconds(399));
    CHECK(at.status(id) == "EXECUTING");
    at.pass(milliseconds(1));
    const json run = at.run(id);
    CHECK(run.at("status") == "COMPLETED");
    CHECK(run.at("isSuccess") == true);
    CHECK(run.at("attemptCount") == 1);
    CHECK(run.at("durationMs") == 400);
    CHECK(at.server.next_change() == std::nullopt);
  }

  TEST_CASE("an idempotency key answers the same run, whatever the payload, until its run fails") {
    site at;
    const json options = {{"idempotencyKey", "k"}};
    const answered first = at.trigger("hello", options);
    const answered again = at.post("/api/v1/tasks/hello/trigger", {{"payload", 2}, {"options", options}});
    CHECK(again.body == json({{"id", first.id()}, {"isCached", true}}));
    at.pass(seconds(2));
    CHECK(at.status(first.id()) == "COMPLETED");
    CHECK(at.trigger("hello", options).body.at("isCached") == true);

    const std::string fails = at.trigger("flaky", options).id();
    CHECK(fails != first.id());  // keys are per task
    CHECK(at.trigger("flaky", options).id() == fails);
    at.pass(seconds(2));
    CHECK(at.status(fails) == "FAILED");
    const answered fresh = at.trigger("flaky", options);
    CHECK(fresh.body.at("isCached") == false);
    CHECK(fresh.id() != fails);
  }

  TEST_CASE("a cancelled run keeps its key, and another environment does not know it") {
    site at;
    const json options = {{"idempotencyKey", "k"}};
    const std::string id = at.trigger("slow", options).id();
    CHECK(at.post("/api/v2/runs/" + id + "/cancel", json::object()).status == 200);
    CHECK(at.status(id) == "CANCELED");
    CHECK(at.trigger("slow", options).id() == id);
    CHECK(at.trigger("slow", options, staging_key).body.at("isCached") == false);
  }

  TEST_CASE("a key lives as long as its lifetime says, and 30 days when that cannot be read") {
    site at;
    std::string lifetime;
    milliseconds lives{0};
    SUBCASE("seconds") { lifetime = "2s", lives = seconds(2); }
    SUBCASE("nonsense") { lifetime = "banana", lives = std::chrono::days(30); }
    const json options = {{"idempotencyKey", "k"}, {"idempotencyKeyTTL", lifetime}};
    const std::string id = at.trigger("hello", options).id();
    at.pass(lives - milliseconds(1));
    CHECK(at.trigger("hello", options).id() == id);
    at.pass(milliseconds(1));
    CHECK(at.trigger("hello", options).id() != id);
  }

  TEST_CASE("an empty key works once and then breaks the trigger") {
    site at;
    CHECK(at.trigger("hello", {{"idempotencyKey", ""}}).status == 200);
    const answered second = at.trigger("hello", {{"idempotencyKey", ""}});
    CHECK(second.status == 422);
    CHECK(second.error() == "Failed to trigger hello after 2 attempts.");
  }

  TEST_CASE("the key may come as a header, and the header of the request's own key has no meaning") {
    site at;
    const std::string id = at.trigger("hello", json::object(), prod_key, {{"idempotency-key", "h"}}).id();
    CHECK(at.trigger("hello", json::object(), prod_key, {{"idempotency-key", "h"}}).id() == id);
    const header_list own = {{"x-trigger-request-idempotency-key", "2f0f6a3e-0000-4000-8000-000000000000"}};
    CHECK(at.trigger("hello", json::object(), prod_key, own).id() !=
          at.trigger("hello", json::object(), prod_key, own).id());
  }

  TEST_CASE("a task or a queue that nobody knows is accepted, and its run waits for a version") {
    site at;
    const std::string typo = at.trigger("helo").id();
    const std::string queue = at.trigger("hello", {{"queue", {{"name", "no-such"}}}}).id();
    const std::string known = at.trigger("hello", {{"queue", {{"name", "reports"}}}}).id();
    at.pass(seconds(10));
    CHECK(at.status(typo) == "PENDING_VERSION");
    CHECK(at.status(queue) == "PENDING_VERSION");
    CHECK(at.run(typo).at("isQueued") == true);
    CHECK(at.status(known) == "COMPLETED");
  }

  TEST_CASE("a locked version makes what is unknown an error") {
    site at;
    CHECK(at.trigger("hello", {{"lockToVersion", "20200101.1"}}).status == 500);
    CHECK(at.trigger("hello", {{"lockToVersion", "20261124.1"}}).status == 200);
    const answered unknown = at.trigger("helo", {{"lockToVersion", "20261124.1"}});
    CHECK(unknown.status == 422);
    CHECK(unknown.error() == "Task 'helo' not found on locked version '20261124.1'.");
  }

  TEST_CASE("what the server swallows without a word is swallowed") {
    site at;
    json options;
    SUBCASE("a delay it cannot read") { options = {{"delay", "soonish"}}; }
    SUBCASE("a delay in the past") { options = {{"delay", "2020-01-01T00:00:00.000Z"}}; }
    SUBCASE("a lifetime it cannot read") { options = {{"ttl", "banana"}}; }
    SUBCASE("no attempts") { options = {{"maxAttempts", 0}}; }
    SUBCASE("an option nobody knows") { options = {{"bogus", true}}; }
    SUBCASE("a parent nobody knows") { options = {{"parentRunId", "run_nobody"}}; }
    SUBCASE("an empty tag") { options = {{"tags", {""}}}; }
    const answered made = at.trigger("hello", options);
    REQUIRE(made.status == 200);
    at.pass(seconds(1));
    CHECK(at.status(made.id()) == "COMPLETED");
    CHECK(at.run(made.id()).at("tags").empty());
  }

  TEST_CASE("a delayed run starts at its time and can be moved until then") {
    site at;
    const std::string id = at.trigger("hello", {{"delay", "1h"}}).id();
    at.pass(std::chrono::minutes(59));
    CHECK(at.status(id) == "DELAYED");
    CHECK(at.post("/api/v1/runs/" + id + "/reschedule", {{"delay", "2h"}}).status == 200);
    at.pass(std::chrono::minutes(60));
    CHECK(at.status(id) == "DELAYED");
    at.pass(std::chrono::minutes(61));
    CHECK(at.status(id) == "COMPLETED");
    CHECK(at.post("/api/v1/runs/" + id + "/reschedule", {{"delay", "2h"}}).status == 400);
  }

  TEST_CASE("a run that is not started within its lifetime expires, and every flag of it is false") {
    world of = small_world();
    of.projects[0].environments[3].paused = true;
    site at(of);
    const std::string id = at.trigger("hello", {{"ttl", 600}}).id();
    CHECK(at.run(id).at("ttl") == "10m");
    at.pass(std::chrono::minutes(10));
    const json run = at.run(id);
    CHECK(run.at("status") == "EXPIRED");
    for (const char* flag : {"isQueued", "isExecuting", "isCompleted", "isFailed", "isSuccess", "isCancelled"})
      CHECK(run.at(flag) == false);
  }

  TEST_CASE("tags: ten at most, 128 characters at most, read back in order") {
    site at;
    json many = json::array();
    for (int i = 0; i < 11; ++i) many.push_back("t" + std::to_string(i));
    CHECK(at.trigger("hello", {{"tags", many}}).status == 422);
    many.erase(many.begin());
    CHECK(at.trigger("hello", {{"tags", many}}).status == 200);
    CHECK(at.trigger("hello", {{"tags", {std::string(129, 'x')}}}).status == 400);
    const std::string id = at.trigger("hello", {{"tags", {"b", "a"}}}).id();
    CHECK(at.run(id).at("tags") == json({"a", "b"}));
  }

  TEST_CASE("sizes: 3,145,728 bytes pass, one more does not, and a body without its length is too large") {
    site at;
    const std::string start = R"({"payload":{"x":")", end = R"("}})";
    const auto body = [&](std::size_t size) {
      return start + std::string(size - start.size() - end.size(), 'y') + end;
    };
    CHECK(at.send(at.make("POST", "/api/v1/tasks/hello/trigger", body(3'145'728), prod_key)).status == 200);
    const answered over = at.send(at.make("POST", "/api/v1/tasks/hello/trigger", body(3'145'729), prod_key));
    CHECK(over.status == 413);
    CHECK(over.error() == "Request body too large");
    request chunked = at.make("POST", "/api/v1/tasks/hello/trigger", "{}", prod_key);
    std::erase_if(chunked.headers, [](const auto& one) { return one.first == "content-length"; });
    CHECK(at.send(chunked).status == 413);
    CHECK(at.trigger("hello", {{"metadata", std::string(262'145, 'x')}}).status == 413);
  }

  TEST_CASE("a payload over 512 KiB is stored and only its address is shown") {
    site at;
    const answered made = at.post("/api/v1/tasks/hello/trigger", {{"payload", std::string(600'000, 'x')}});
    const json run = at.run(made.id());
    CHECK(run.contains("payloadPresignedUrl"));
    CHECK_FALSE(run.contains("payload"));
  }

  TEST_CASE("integers beyond 2^53 lose digits") {
    site at;
    const answered made =
        at.send(at.make("POST", "/api/v1/tasks/hello/trigger", R"({"payload":{"n":12345678901234567890}})", prod_key));
    CHECK(at.run(made.id()).at("payload").at("n").dump() == "12345678901234567000");
  }

  TEST_CASE("bodies that are none") {
    site at;
    const auto status = [&](const char* body) {
      return at.send(at.make("POST", "/api/v1/tasks/hello/trigger", body, prod_key));
    };
    CHECK(status("").error() == "Request body is empty");
    CHECK(status("{").error() == "Invalid JSON");
    CHECK(status("null").error() == "Invalid JSON");
    CHECK(status("[1]").status == 400);
    CHECK(status("{}").status == 200);
    CHECK(status((std::string(6'000, '[') + std::string(6'000, ']')).c_str()).status == 500);
  }

  TEST_CASE("a debounced trigger moves the waiting run and says nothing of a cache") {
    site at;
    const json options = {{"debounce", {{"key", "d"}, {"delay", "30s"}}}};
    const std::string id = at.trigger("hello", options).id();
    at.pass(seconds(20));
    const answered again = at.trigger("hello", options);
    CHECK(again.body == json({{"id", id}, {"isCached", false}}));
    at.pass(seconds(20));
    CHECK(at.status(id) == "DELAYED");
    at.pass(seconds(11));
    CHECK(at.status(id) == "COMPLETED");
  }

  TEST_CASE("a full queue refuses with 422, and a paused environment accepts") {
    world of = small_world();
    of.projects[0].environments[3].paused = true;
    of.projects[0].environments[3].queue_limit = 2;
    site at(of);
    const std::string first = at.trigger("hello").id();
    CHECK(at.trigger("hello").status == 200);
    const answered third = at.trigger("hello");
    CHECK(third.status == 422);
    CHECK(third.error() ==
          "Cannot trigger hello as the queue size limit for this environment has been reached. The maximum size is 2");
    CHECK(at.post("/api/v1/projects/" + std::string(shop) + "/prod/resume", json::object(), user_token).status == 200);
    at.pass(seconds(1));
    CHECK(at.status(first) == "COMPLETED");
  }

  TEST_CASE("a key's reset frees it once") {
    site at;
    const std::string id = at.trigger("hello", {{"idempotencyKey", "k"}}).id();
    const json task = {{"taskIdentifier", "hello"}};
    CHECK(at.post("/api/v1/idempotencyKeys/k/reset", task).status == 200);
    CHECK(at.post("/api/v1/idempotencyKeys/k/reset", task).status == 404);
    CHECK(at.trigger("hello", {{"idempotencyKey", "k"}}).id() != id);
  }

  TEST_CASE("the payload decides the end where the task obeys it") {
    site at;
    const auto ends = [&](const char* behaviour) {
      const answered made = at.post("/api/v1/tasks/hello/trigger", {{"payload", {{"behaviour", behaviour}}}});
      at.pass(seconds(1));
      return at.status(made.id());
    };
    CHECK(ends("fail") == "FAILED");
    CHECK(ends("crash") == "CRASHED");
    CHECK(ends("maxduration") == "TIMED_OUT");
    CHECK(ends("hold") == "EXECUTING");
    CHECK(ends("ok") == "COMPLETED");
  }
}

}  // namespace triggerd::sandbox::test
