#include "api/bulk_actions.hpp"

#include "unit/api/family_bench.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

bulk_request cancelling_two() {
  bulk_request what;
  what.runs = {"run_a", "run_b"};
  what.name = "stop them";
  return what;
}

}  // namespace

TEST_CASE("a bulk action takes run ids") {
  const auto what = create_bulk_action(cancelling_two()).value();
  CHECK(line_of("POST", what.what) == "/api/v1/bulk-actions");
  CHECK(sent(what.what) == json{{"runIds", {"run_a", "run_b"}}, {"name", "stop them"}, {"action", "cancel"}});
  CHECK_FALSE(what.what.repeatable());
  hold_reader(what, {R"({"id":"bulk_1"})", {{"/id", form::text}}});
}

TEST_CASE("a bulk action takes every filter of runs") {
  bulk_request what;
  what.kind = bulk_kind::replay;
  what.name = "again";
  what.target_region = "eu-central-1";
  what.which.emplace();
  what.which->status = {"FAILED"};
  what.which->task = {"send-email"};
  what.which->from = instant(milliseconds(1'767'225'600'000));
  what.which->queue = {"task/send-email", "q1"};
  CHECK(sent(create_bulk_action(what)->what) ==
        json::parse(R"({"filter":{"status":["FAILED"],"taskIdentifier":["send-email"],"from":"2026-01-01T00:00:00.000Z",
            "queue":[{"type":"task","name":"send-email"},{"type":"custom","name":"q1"}]},"name":"again",
            "targetRegion":"eu-central-1","action":"replay"})"));
  what = {};
  what.which.emplace();
  what.which->version = {"20260115.1"};
  what.which->to = instant(milliseconds(1'767'225'600'000));
  what.which->period = "7d";
  what.which->bulk_action = "bulk_1";
  what.which->tag = {"a"};
  what.which->schedule = "sched_1";
  what.which->test = false;
  what.which->batch = "batch_1";
  what.which->machine = {"micro"};
  what.which->region = {"us-east-1"};
  CHECK(sent(create_bulk_action(what)->what) ==
        json::parse(R"({"filter":{"version":["20260115.1"],"to":"2026-01-01T00:00:00.000Z","period":"7d",
            "bulkAction":"bulk_1","tag":["a"],"schedule":"sched_1","isTest":false,"batch":"batch_1",
            "machine":["micro"],"region":["us-east-1"]},"action":"cancel"})"));
}

TEST_CASE("a bulk action over nothing, everything or both is refused") {
  hold_refused(create_bulk_action(bulk_request{}), "bulk action");
  auto what = cancelling_two();
  what.which.emplace();
  what.which->status = {"FAILED"};
  hold_refused(create_bulk_action(what), "bulk action");
  what = {};
  what.which.emplace();
  hold_refused(create_bulk_action(what), "filter");
  what.which->error = "error_1";
  hold_refused(create_bulk_action(what), "filter");
  what = cancelling_two();
  what.runs.assign(501, "run_a");
  hold_refused(create_bulk_action(what), "runs");
  what.runs.assign(500, "run_a");
  CHECK(create_bulk_action(what).has_value());
  what.runs = {"run_a", ""};
  hold_refused(create_bulk_action(what), "run");
  what = cancelling_two();
  what.name = std::string(256, 'n');
  hold_refused(create_bulk_action(what), "name");
  what.name = "a\nb";
  hold_refused(create_bulk_action(what), "name", "a\nb");
  what = cancelling_two();
  what.target_region = "eu-central-1";
  hold_refused(create_bulk_action(what), "target_region");
  what.kind = bulk_kind::replay;
  CHECK(create_bulk_action(what).has_value());
}

TEST_CASE("a bulk action is aborted, and says what it was and when it ended") {
  const auto what = abort_bulk_action("bulk_1q2w3e");
  CHECK(line_of("POST", what.what) == "/api/v1/bulk-actions/bulk_1q2w3e/abort");
  CHECK(what.what.body == nullptr);
  CHECK(what.what.repeatable());
  hold_reader(what, {R"({"id":"bulk_1q2w3e"})", {{"/id", form::text}}});
  const auto view =
      value_of(retrieve_bulk_action("bulk_1"),
               R"({"id":"bulk_1","type":"REPLAY","status":"COMPLETED","counts":{"total":2,"success":2,"failure":0},)"
               R"("createdAt":"2026-01-15T10:00:00.000Z","completedAt":"2026-01-15T10:00:05.000Z"})");
  CHECK(view.type == "REPLAY");
  CHECK(view.completed == instant(milliseconds(1'768'471'205'000)));
}
