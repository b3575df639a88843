#include "api/realtime.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "unit/api/reader_bench.hpp"
#include "unit/api/recording.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

constexpr const char* run_id = "run_9zk1aa2bb3cc4dd5ee6ff7gg8";

transport::response changes(const std::vector<json>& messages, const std::string& offset = "1_0") {
  return response(200, json(messages).dump(), {{"electric-handle", "h-1"}, {"electric-offset", offset}});
}
json up_to_date() { return {{"headers", {{"control", "up-to-date"}}}}; }
json change(const std::string& key, const json& value, const std::string& operation = "insert") {
  return {{"key", key}, {"value", value}, {"headers", {{"operation", operation}}}};
}
json row(const std::string& id, const std::string& status) { return {{"friendlyId", id}, {"status", status}}; }

realtime_run decoded(json value) {
  value["friendlyId"] = "run_1";
  if (!value.contains("status")) value["status"] = "EXECUTING";
  return run_subscription::of_run("run_1").take(changes({change("k", value), up_to_date()})).value().at(0);
}

}  // namespace

TEST_CASE("a run is followed from what it is to its end") {
  const std::string name = "realtime.subscribeToRun-live-update-then-complete";
  auto watch = run_subscription::of_run(run_id, {"payload", "output"});
  check_request(watch.next_request(), name);
  const auto first = watch.take(answer_of(name)).value();
  REQUIRE(first.size() == 1);
  CHECK(first[0].id == run_id);
  CHECK(first[0].status == "EXECUTING");
  CHECK_FALSE(first[0].ended());
  CHECK_FALSE(watch.ended());
  check_request(watch.next_request(), name, 1);
  const auto last = watch.take(answer_of(name, 1)).value();
  REQUIRE(last.size() == 1);
  CHECK(last[0].status == "COMPLETED");
  CHECK(last[0].phase() == run_phase::succeeded);
  CHECK(last[0].output.value == R"({"sent":true})");
  CHECK(watch.ended());
  CHECK(watch.next_request().path.find("cursor=2&handle=h-1&live=true&log=full&offset=1768471205000_2") !=
        std::string::npos);
}

TEST_CASE("a run that has ended already is seen at once") {
  auto watch = run_subscription::of_run(run_id);
  check_request(watch.next_request(), "realtime.subscribeToRun-completed-at-once");
  CHECK(watch.take(answer_of("realtime.subscribeToRun-completed-at-once")).value().at(0).status == "COMPLETED");
  CHECK(watch.ended());
}

TEST_CASE("batches and tags are followed, and never end") {
  auto batch = run_subscription::of_batch("batch_5hh6jj7kk8mm9nn1pp2qq3rr");
  check_request(batch.next_request(), "realtime.subscribeToBatch-first-update");
  auto tags = run_subscription::with_tags({"user:1", "org:2"}, "1h");
  check_request(tags.next_request(), "realtime.subscribeToRunsWithTag-two-tags");
  CHECK(tags.take(changes({change("k", row("run_1", "CANCELED")), up_to_date()})).value().at(0).ended());
  CHECK_FALSE(tags.ended());
}

TEST_CASE("every column is read from its text") {
  const auto run =
      run_subscription::of_run(run_id).take(answer_of("realtime.subscribeToRun-completed-at-once")).value().at(0);
  CHECK(run.row_id == "clzrun1");
  CHECK(run.task == "send-email");
  CHECK(run.created == text::parse_iso("2026-01-15T10:00:00.000Z"));
  CHECK(run.started == text::parse_iso("2026-01-15T10:00:00.500Z"));
  CHECK(run.completed == text::parse_iso("2026-01-15T10:00:05.000Z"));
  CHECK_FALSE(run.delayed_until.has_value());
  CHECK(run.number == 1);
  CHECK(run.cost_cents == 0.0);
  CHECK_FALSE(run.test);
  CHECK(run.payload.value == R"({"to":"a@example.com"})");
  CHECK(run.tags == std::vector<std::string>{"user:1"});
  CHECK(run.streams.empty());
  CHECK(run.error.empty());
}

TEST_CASE("lists, flags, numbers and JSON stand in rows as text") {
  const auto run = decoded({{"isTest", "t"},
                            {"usageDurationMs", "123"},
                            {"costInCents", "0.25"},
                            {"runTags", R"({"a b","c\"d",plain,"e,f","g\\h"})"},
                            {"error", R"({"type":"X"})"},
                            {"output", "text"},
                            {"outputType", "text/plain"},
                            {"payload", "s3://p"},
                            {"payloadType", "application/store"},
                            {"metadata", R"({"a":1})"}});
  CHECK(run.test);
  CHECK(run.usage_ms == 123);
  CHECK(run.cost_cents == 0.25);
  CHECK(run.tags == std::vector<std::string>{"a b", "c\"d", "plain", "e,f", "g\\h"});
  CHECK(run.error == R"({"type":"X"})");
  CHECK(run.output.value == "\"text\"");
  CHECK(run.payload.store == "s3://p");
  CHECK(run.payload.value.empty());
  CHECK(run.metadata.value == R"({"a":1})");
  const auto odd = decoded({{"isTest", nullptr},
                            {"costInCents", "x"},
                            {"runTags", "{"},
                            {"error", "{"},
                            {"payload", "{"},
                            {"createdAt", "soon"},
                            {"number", 5}});
  CHECK_FALSE(odd.cost_cents.has_value());
  CHECK(odd.tags.empty());
  CHECK(odd.error == "\"{\"");
  CHECK(odd.payload.value == "\"{\"");
  CHECK_FALSE(odd.created.has_value());
}

TEST_CASE("a value nested deeper than is safe to write stands as the text it came in") {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  const auto run = decoded({{"payload", deep},
                            {"payloadType", "application/json"},
                            {"output", R"({"json":)" + deep + '}'},
                            {"outputType", "application/super+json"},
                            {"error", deep}});
  CHECK(run.payload.value == '"' + deep + '"');
  CHECK(run.output.value == json(R"({"json":)" + deep + '}').dump());
  CHECK(run.error == '"' + deep + '"');
}

TEST_CASE("a column that is no text counts as null, however deep it nests") {
  transport::response reply = changes({change("k", row("run_1", "EXECUTING")), up_to_date()});
  const auto at = reply.body.find("\"status\"");
  REQUIRE(at != std::string::npos);
  reply.body.insert(at, R"("ttl":)" + std::string(100'000, '[') + std::string(100'000, ']') + ',');
  CHECK(run_subscription::of_run("run_1").take(reply).value().at(0).ttl.empty());
}

TEST_CASE("stored statuses are told in the API's words, and decide the end") {
  const std::pair<const char*, const char*> words[] = {{"WAITING_FOR_DEPLOY", "PENDING_VERSION"},
                                                       {"PENDING", "QUEUED"},
                                                       {"DEQUEUED", "DEQUEUED"},
                                                       {"RETRYING_AFTER_FAILURE", "EXECUTING"},
                                                       {"WAITING_TO_RESUME", "WAITING"},
                                                       {"PAUSED", "WAITING"},
                                                       {"COMPLETED_SUCCESSFULLY", "COMPLETED"},
                                                       {"COMPLETED_WITH_ERRORS", "FAILED"},
                                                       {"INTERRUPTED", "FAILED"},
                                                       {"NEW_ONE", "NEW_ONE"}};
  for (const auto& [stored, told] : words) {
    const std::string shown = stored;
    CAPTURE(shown);
    CHECK(decoded({{"status", stored}}).status == told);
  }
  for (const auto* status : {"CANCELED", "CRASHED", "SYSTEM_FAILURE", "EXPIRED", "TIMED_OUT", "COMPLETED_WITH_ERRORS"})
    CHECK(decoded({{"status", status}}).ended());
  CHECK_FALSE(decoded({{"status", "NEW_ONE"}}).ended());
  CHECK(decoded({{"status", "NEW_ONE"}, {"completedAt", "2026-01-15T10:00:05.000"}}).ended());
}

TEST_CASE("changes are published once each, and only when all are there") {
  auto watch = run_subscription::with_tags({"a"});
  CHECK(watch.take(changes({change("k1", row("run_1", "PENDING")), change("k2", row("run_2", "PENDING"))}))
            .value()
            .empty());
  CHECK(watch.next_request().path ==
        "/realtime/v1/runs?handle=h-1&log=full&offset=1_0&tags=a");  // more to fetch: not live
  const auto runs = watch.take(changes({change("k1", {{"status", "EXECUTING"}}, "update"), up_to_date()})).value();
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].id == "run_1");
  CHECK(runs[0].status == "EXECUTING");  // merged over its row
  CHECK(watch.take(changes({up_to_date()})).value().empty());
  CHECK(watch.take(response(204, "")).value().empty());
  CHECK(watch.next_request().path.find("live=true") != std::string::npos);
  CHECK(watch.take(changes({change("k1", row("run_1", "PENDING"), "delete"), up_to_date()})).value().empty());
}

TEST_CASE("a shape that is gone is fetched anew under its new handle") {
  auto watch = run_subscription::of_run("run_1");
  REQUIRE(watch.take(changes({change("k", row("run_1", "PENDING")), up_to_date()})).has_value());
  CHECK(watch.take(response(409, "[]", {{"electric-handle", "h-2"}})).value().empty());
  CHECK(watch.next_request().path == "/realtime/v1/runs/run_1?handle=h-2&log=full&offset=-1");
  CHECK(watch.take(response(409, "")).value().empty());
  CHECK(watch.next_request().path == "/realtime/v1/runs/run_1?log=full&offset=-1");
}

TEST_CASE("must-refetch drops what was known") {
  auto watch = run_subscription::of_run("run_1");
  const json refetch{{"headers", {{"control", "must-refetch"}}}};
  CHECK(watch.take(changes({change("k", row("run_1", "CANCELED")), refetch, up_to_date()})).value().empty());
  CHECK(watch.next_request().path == "/realtime/v1/runs/run_1?log=full&offset=-1");
  CHECK_FALSE(watch.ended());
  CHECK_FALSE(watch.take(changes({change("k", {{"status", "PENDING"}}, "update"), up_to_date()})).has_value());
}

TEST_CASE("what is no reply of a subscription is unreadable") {
  const wire::header_list place{{"electric-handle", "h"}, {"electric-offset", "0"}};
  for (const auto* body :
       {"", "{", "{}", "null", "[5]", "[{}]", R"([{"headers":5}])", R"([{"headers":{"operation":"insert"}}])",
        R"([{"key":"","value":{},"headers":{"operation":"insert"}}])",
        R"([{"key":"k","value":null,"headers":{"operation":"insert"}}])",
        R"([{"key":"k","value":{"status":"PENDING"},"headers":{}},{"headers":{"control":"up-to-date"}}])",
        R"([{"key":"k","value":{"friendlyId":"r"},"headers":{}},{"headers":{"control":"up-to-date"}}])"}) {
    const std::string shown = body;
    CAPTURE(shown);
    CHECK(run_subscription::of_run("run_1").take(response(200, body, place)).error().code == api::codes::unreadable);
  }
  for (const auto& reply :
       {response(200, "[]"), response(200, "[]", {{"electric-handle", "h"}}), response(500, "[]", place)})
    CHECK(run_subscription::of_run("run_1").take(reply).error().code == api::codes::unreadable);
}

TEST_CASE("a subscription holds so many runs and no more") {
  std::vector<json> many;
  for (std::size_t i = 0; i <= limits::subscribed_runs; ++i)
    many.push_back(change(std::to_string(i), row("r", "PENDING"), "delete"));
  auto gone = run_subscription::with_tags({"a"});
  CHECK(gone.take(changes(many)).has_value());
  for (auto& one : many) one["headers"]["operation"] = "insert";
  CHECK(run_subscription::with_tags({"a"}).take(changes(many)).error().code == triggerd::codes::limit);
}
