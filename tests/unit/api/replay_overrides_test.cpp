#include "api/runs.hpp"
#include "unit/api/family_bench.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

TEST_CASE("a replay with changes sends them under its own names, the key unhashed") {
  replay_overrides changes;
  changes.payload = R"({"userId":"u1"})";
  auto& options = changes.options;
  options.metadata = R"({"source":"replay"})";
  options.tags = {"replayed"};
  options.machine = "large-1x";
  options.start = milliseconds(600'000);
  options.queue = "q";
  options.concurrency_key = "c";
  options.version = "20260115.1";
  options.region = "eu-central-1";
  options.ttl = seconds(60);
  options.key.text = "raw-key";
  options.key_ttl = std::chrono::hours(1);
  options.max_attempts = 2;
  options.max_duration = seconds(30);
  options.priority = 3;
  const auto what = replay_run("run_1", changes).value();
  CHECK(line_of("POST", what.what) == "/api/v1/runs/run_1/replay");
  CHECK(sent(what.what) == json::parse(R"({"payload":"{\"json\":{\"userId\":\"u1\"}}","metadata":{"source":"replay"},
      "tags":["replayed"],"machine":"large-1x","delay":"600s","queue":"q","concurrencyKey":"c","version":"20260115.1",
      "region":"eu-central-1","ttl":"60s","idempotencyKey":"raw-key","idempotencyKeyTTL":"3600s","maxAttempts":2,
      "maxDuration":30,"priority":3,"payloadType":"application/super+json"})"));
  CHECK_FALSE(what.what.repeatable());  // an older server does not see the key
  hold_reader(what, {R"({"id":"run_2"})", {{"/id", form::text}}});
}

TEST_CASE("a replay with changes but without a payload keeps the old one") {
  replay_overrides changes;
  changes.options.tags = {"a"};
  changes.options.start = instant(milliseconds(1'777'593'600'000));
  CHECK(sent(replay_run("r", changes)->what) == json{{"tags", {"a"}}, {"delay", "2026-05-01T00:00:00.000Z"}});
  CHECK(sent(replay_run("r", replay_overrides{})->what) == json::object());
}

TEST_CASE("a text payload of a replay is wrapped as well, for its types have no plain text") {
  replay_overrides changes;
  changes.payload = "\"hello\"";
  CHECK(sent(replay_run("r", changes)->what) ==
        json{{"payload", R"({"json":"hello"})"}, {"payloadType", "application/super+json"}});
}

TEST_CASE("what a replay cannot change, or no server can read, is refused") {
  const auto refused = [](auto change, std::string_view argument) {
    replay_overrides changes;
    change(changes);
    hold_refused(replay_run("r", changes), argument);
  };
  refused([](auto& c) { c.options.concurrency = {"l"}; }, "concurrency");
  refused([](auto& c) { c.options.test = true; }, "test");
  refused(
      [](auto& c) { c.options.debounced = debounce{.key = "k", .delay = seconds(2), .trailing = true, .most = {}}; },
      "debounce");
  refused([](auto& c) { c.options.external_deployment_id = "d"; }, "externalDeploymentId");
  refused([](auto& c) { c.options.parent_run = "run_p"; }, "parentRunId");
  refused([](auto& c) { c.payload = "{"; }, "payload");
  refused([](auto& c) { c.payload = "9007199254740993"; }, "payload");
  refused([](auto& c) { c.options.machine = "huge"; }, "machine");
  refused([](auto& c) { c.options.key.text = "a\nb"; }, "idempotency key");
  refused([](auto& c) { c.options.tags = std::vector<std::string>(11, "t"); }, "tags");
  refused([](auto& c) { c.payload = '"' + std::string(3'145'728, 'x') + '"'; }, "replay");
}

TEST_CASE("runs are listed by group of errors, after all other filters") {
  run_filter which;
  which.region = {"us-east-1"};
  which.error = "error_1";
  CHECK(list_runs(which).what.path ==
        "/api/v1/runs?filter%5Bregion%5D=us-east-1&filter%5Berror%5D=error_1&page%5Bsize%5D=100");
}
