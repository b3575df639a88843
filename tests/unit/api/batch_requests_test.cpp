#include "api/batch_requests.hpp"

#include "unit/api/family_bench.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

batch_request one_item() {
  const json payload{{"a", 1}};
  batch_request what;
  what.items = {batch_item("a", &payload, json{{"ttl", "60s"}})};
  return what;
}

}  // namespace

TEST_CASE("a batch in one request holds its items and, inside a task, its parent") {
  const json item = json::parse(R"({"task":"a","payload":"{\"json\":{\"a\":1}}",)"
                                R"("options":{"ttl":"60s","payloadType":"application/super+json","payloadSize":16}})");
  const auto what = request_batch(one_item()).value();
  CHECK(line_of("POST", what.what) == "/api/v2/tasks/batch");
  CHECK(sent(what.what) == json{{"items", {item}}});
  CHECK_FALSE(what.what.repeatable());
  CHECK_FALSE(what.what.chunked);
  auto inside = one_item();
  inside.keyed = true;
  inside.parent_run = "run_p";
  inside.resume_parent = true;
  const auto older = request_batch_v1(inside).value();
  CHECK(line_of("POST", older.what) == "/api/v1/tasks/batch");
  CHECK(sent(older.what) == json{{"items", {item}}, {"parentRunId", "run_p"}, {"resumeParentOnCompletion", true}});
  CHECK(older.what.repeatable());
}

TEST_CASE("the oldest form names its task in the path") {
  batch_request what;
  what.items = {batch_item({}, nullptr, json::object())};
  const auto oldest = request_task_batch("hello world", what).value();
  CHECK(line_of("POST", oldest.what) == "/api/v1/tasks/hello%20world/batch");
  CHECK(sent(oldest.what) == json::parse(R"({"items":[{"options":{"payloadType":"application/json"}}]})"));
}

TEST_CASE("batches in one request that the server would refuse are not sent") {
  batch_request none;
  hold_refused(request_batch(none), "batch");  // the server answers 403, even to a root key
  auto what = one_item();
  what.items.resize(501, what.items[0]);
  hold_refused(request_batch(what), "batch");
  hold_refused(request_batch_v1(what), "batch");
  what.items.resize(101);
  hold_refused(request_task_batch("t", what), "batch");
  what.items.resize(100);
  CHECK(request_task_batch("t", what).has_value());
  hold_refused(request_task_batch("", what), "task");
  const json large = std::string(1'000'000, 'x');
  what.items = {batch_item("t", &large, json::object())};
  hold_refused(request_batch(what), "batch");
  CHECK(request_task_batch("t", what).has_value());
  what.items.resize(4, what.items[0]);
  hold_refused(request_task_batch("t", what), "batch");
  what = one_item();
  what.resume_parent = true;
  hold_refused(request_batch(what), "resume_parent");
  what.parent_run = "a\nb";
  hold_refused(request_batch(what), "parent_run", "a\nb");
  what.parent_run = "run_p";
  hold_refused(request_task_batch("t", what), "parent_run");
}

TEST_CASE("each form tells the batch and what it can of its runs") {
  hold_reader(request_batch(one_item()).value(),
              {R"({"id":"batch_1","isCached":false,"runCount":2})", {{"/id", form::text}, {"/runCount", form::count}}});
  const std::string body =
      R"({"id":"batch_1","isCached":true,"runs":[{"id":"run_1","taskIdentifier":"t","isCached":true,)"
      R"("idempotencyKey":"k"}]})";
  hold_reader(
      request_batch_v1(one_item()).value(),
      {body, {{"/id", form::text}, {"/runs", form::list}, {"/runs/0", form::object}, {"/runs/0/id", form::text}}});
  const auto batch = value_of(request_batch_v1(one_item()).value(), body);
  CHECK(batch.id == "batch_1");
  CHECK(batch.cached);
  CHECK(batch.runs.at(0).id == "run_1");
  CHECK(batch.runs.at(0).task == "t");
  CHECK(batch.runs.at(0).key == "k");
  CHECK(batch.runs.at(0).cached);
  const auto oldest = request_task_batch("t", one_item()).value();
  hold_reader(oldest, {R"({"batchId":"batch_1","runs":["run_1"]})", {{"/batchId", form::text}, {"/runs", form::list}}});
  CHECK(value_of(oldest, R"({"batchId":"batch_1","runs":["run_1","run_2"]})").runs.at(1).id == "run_2");
}

TEST_CASE("a batch in two phases says its key's words and its parent") {
  batch_draft what;
  what.run_count = 2;
  what.tasks = {"send-email", "send-email"};
  what.key = make_key({"nightly-1"}).value();
  CHECK(sent(create_batch(what)->what) == json::parse(R"({"runCount":2,"taskIdentifiers":["send-email"],
            "idempotencyKey":"e9673773e793a22d0c9030fd8d2962c52a0de84dfcf525fe99b5a73dd5bd8da7",
            "idempotencyKeyOptions":{"key":"nightly-1","scope":"run"}})"));
  what.key = {};
  what.parent_run = "run_p";
  what.resume_parent = true;
  CHECK(sent(create_batch(what)->what) == json::parse(R"({"runCount":2,"taskIdentifiers":["send-email"],
            "parentRunId":"run_p","resumeParentOnCompletion":true})"));
  what.parent_run.clear();
  hold_refused(create_batch(what), "resume_parent");
  what.resume_parent = false;
  what.tasks = {""};
  hold_refused(create_batch(what), "task");
  what.tasks.clear();
  CHECK(sent(create_batch(what)->what) == json{{"runCount", 2}});
  for (const std::uint64_t count : {0u, 1'001u}) {
    what.run_count = count;
    hold_refused(create_batch(what), "batch");
  }
  what.run_count = 1;
  what.key.text = "a\nb";
  hold_refused(create_batch(what), "idempotency key", "a\nb");
}
