#include "api/run_details.hpp"

#include "unit/api/family_bench.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

const std::string full_run =
    R"({"id":"run_1","taskIdentifier":"send-email","status":"FAILED","version":"20260115.1","region":"us-east-1",)"
    R"("idempotencyKey":"k","ttl":"10m","batchId":"batch_1","taskKind":"SCHEDULED",)"
    R"("createdAt":"2026-01-15T10:00:00.000Z","updatedAt":"2026-01-15T10:00:05.000Z",)"
    R"("startedAt":"2026-01-15T10:00:01.000Z","finishedAt":"2026-01-15T10:00:05.000Z",)"
    R"("delayedUntil":"2026-01-15T10:00:00.500Z","expiredAt":"2026-01-15T10:10:00.000Z",)"
    R"("costInCents":0.01,"baseCostInCents":0.002,"durationMs":4200,"isTest":true,"depth":2,"tags":["a","b"],)"
    R"("triggerFunction":"batchTrigger","metadata":{"progress":1},"payload":{"to":"a@example.com"},)"
    R"("output":{"sent":true},"payloadPresignedUrl":"https://store/p","outputPresignedUrl":"https://store/o",)"
    R"("error":{"name":"Error","message":"boom\n","stackTrace":"Error: boom\n  at x","causes":[{"message":"c"}]},)"
    R"("schedule":{"id":"sched_1","externalId":"e","deduplicationKey":"d","generator":{"type":"CRON",)"
    R"("expression":"* * * * *","description":"Every minute"}},)"
    R"("relatedRuns":{"root":{"id":"run_r","taskIdentifier":"rt","status":"COMPLETED"},"parent":{"id":"run_p"},)"
    R"("children":[{"id":"run_c","status":"QUEUED"}]},"attemptCount":3,"attempts":[]})";

}  // namespace

TEST_CASE("a run is read in full") {
  const auto what = retrieve_run_record("run_1");
  CHECK(line_of("GET", what.what) == "/api/v3/runs/run_1");
  CHECK(what.what.secret_reply);  // presigned addresses are as good as keys
  hold_reader(what, {full_run, {{"/id", form::text}, {"/status", form::text}}});
  const auto run = value_of(what, full_run);
  CHECK(run.id == "run_1");
  CHECK(run.failed());
  CHECK(run.error_text.starts_with("Error: boom"));
  CHECK(run.tags == std::vector<std::string>{"a", "b"});
  CHECK(run.batch == "batch_1");
  CHECK(run.idempotency_key == "k");
  CHECK(run.updated == instant(milliseconds(1'768'471'205'000)));
  CHECK(run.started == instant(milliseconds(1'768'471'201'000)));
  CHECK(run.delayed_until == instant(milliseconds(1'768'471'200'500)));
  CHECK(run.expired == instant(milliseconds(1'768'471'800'000)));
  CHECK(run.version == "20260115.1");
  CHECK(run.region == "us-east-1");
  CHECK(run.ttl == "10m");
  CHECK(run.trigger_function == "batchTrigger");
  CHECK(run.task_kind == "SCHEDULED");
  CHECK(run.test);
  CHECK(run.depth == 2);
  CHECK(run.attempt_count == 3);
  CHECK(run.cost_in_cents == 0.01);
  CHECK(run.base_cost_in_cents == 0.002);
  CHECK(run.duration_ms == 4200);
  CHECK(run.metadata == R"({"progress":1})");
  CHECK(run.payload == R"({"to":"a@example.com"})");
  CHECK(run.output == R"({"sent":true})");
  CHECK(run.payload_at->url == "https://store/p");
  CHECK(run.output_at->url == "https://store/o");
  CHECK(run.error_name == "Error");
  CHECK(run.error_message == "boom\n");
  CHECK(run.error_stack == "Error: boom\n  at x");
  CHECK(run.error_causes == R"([{"message":"c"}])");
  CHECK(run.schedule.id == "sched_1");
  CHECK(run.schedule.external_id == "e");
  CHECK(run.schedule.deduplication_key == "d");
  CHECK(run.schedule.cron == "* * * * *");
  CHECK(run.schedule.description == "Every minute");
  CHECK(run.root->id == "run_r");
  CHECK(run.root->task == "rt");
  CHECK(run.root->status == "COMPLETED");
  CHECK(run.parent->id == "run_p");
  REQUIRE(run.children.size() == 1);
  CHECK(run.children[0].id == "run_c");
}

TEST_CASE("a run that says little is read all the same") {
  const auto run = value_of(retrieve_run_record("r"), R"({"id":"r","status":"NEW","payload":null,"relatedRuns":null})");
  CHECK(run.status == "NEW");
  CHECK(run.payload.empty());
  CHECK_FALSE(run.payload_at.has_value());
  CHECK_FALSE(run.root.has_value());
  CHECK(run.children.empty());
  CHECK(run.schedule.id.empty());
  CHECK(run.attempt_count == 0);
  CHECK(value_of(retrieve_run_record("r"), R"({"id":"r","status":"S","payload":"text","output":false})").payload ==
        "\"text\"");
}

TEST_CASE("a delayed run is rescheduled by a span or an instant") {
  const auto span = reschedule_run("run_1", std::chrono::hours(1)).value();
  CHECK(line_of("POST", span.what) == "/api/v1/runs/run_1/reschedule");
  CHECK(sent(span.what) == json{{"delay", "3600s"}});
  CHECK_FALSE(span.what.repeatable());  // each time it counts from anew
  const auto at = reschedule_run("run_1", instant(milliseconds(1'769'904'000'000))).value();
  CHECK(sent(at.what) == json{{"delay", "2026-02-01T00:00:00.000Z"}});
  CHECK(at.what.repeatable());
  hold_refused(reschedule_run("run_1", milliseconds(-1)), "delay");
  hold_reader(span, {full_run, {{"/id", form::text}, {"/status", form::text}}});
}

TEST_CASE("tags are added to a run") {
  const auto what = add_tags("run_1", {"a", "b"}).value();
  CHECK(line_of("POST", what.what) == "/api/v1/runs/run_1/tags");
  CHECK(sent(what.what) == json{{"tags", {"a", "b"}}});
  CHECK(what.what.repeatable());
  hold_reader(what, {R"({"message":"Successfully set 2 new tags."})", {}});
  hold_refused(add_tags("r", {}), "tags");
  hold_refused(add_tags("r", std::vector<std::string>(11, "t")), "tags");
  hold_refused(add_tags("r", {"a\nb"}), "tags", "a\nb");
}

TEST_CASE("metadata is read from text and from an object") {
  const auto what = retrieve_metadata("run_1");
  CHECK(line_of("GET", what.what) == "/api/v1/runs/run_1/metadata");
  hold_reader(what, {R"({"metadata":"{\"progress\":0.5}","metadataType":"application/json"})", {}});
  const auto text = value_of(what, R"({"metadata":"{\"progress\":0.5}","metadataType":"application/json"})");
  CHECK(text.value == R"({"progress":0.5})");
  CHECK(text.type == "application/json");
  CHECK(value_of(what, R"({"metadata":{"progress":0.5}})").value == R"({"progress":0.5})");
  CHECK(value_of(what, R"({"metadata":null})").value.empty());
}

TEST_CASE("metadata is replaced, which may be repeated, or worked on, which may not") {
  metadata_change change;
  change.replace = R"({"progress":1})";
  const auto replace = change_metadata("run_1", change).value();
  CHECK(line_of("PUT", replace.what) == "/api/v1/runs/run_1/metadata");
  CHECK(sent(replace.what) == json{{"metadata", {{"progress", 1}}}});
  CHECK(replace.what.repeatable());
  hold_reader(replace, {R"({"metadata":{"progress":1}})", {}});

  using form = metadata_operation::form;
  change = {};
  change.operations = {{form::set, "a", "1"},           {form::increment, "n", "2"},
                       {form::append, "logs", "\"x\""}, {form::remove, "logs", "\"x\""},
                       {form::erase, "b", ""},          {form::update, "", R"({"c":null})"}};
  change.of_parent = {{form::set, "p", "true"}};
  const auto work = change_metadata("run_1", change).value();
  CHECK(sent(work.what) == json::parse(R"({"operations":[{"type":"set","key":"a","value":1},
      {"type":"increment","key":"n","value":2},{"type":"append","key":"logs","value":"x"},
      {"type":"remove","key":"logs","value":"x"},{"type":"delete","key":"b"},{"type":"update","value":{"c":null}}],
      "parentOperations":[{"type":"set","key":"p","value":true}]})"));
  CHECK_FALSE(work.what.repeatable());
  change = {};
  change.of_root = {{form::set, "r", "0"}};
  CHECK(sent(change_metadata("r", change)->what).contains("rootOperations"));
}

TEST_CASE("metadata that the server could not use is refused") {
  using form = metadata_operation::form;
  hold_refused(change_metadata("r", {}), "metadata");
  for (const auto* bad : {"", "{", "[]", "1"}) {
    metadata_change change;
    change.replace = bad;
    hold_refused(change_metadata("r", change), "metadata");
  }
  metadata_change large;
  large.replace = R"({"x":")" + std::string(2u << 20, 'x') + "\"}";
  hold_refused(change_metadata("r", large), "metadata");
  for (const auto& operation :
       {metadata_operation{form::set, "", "1"}, metadata_operation{form::set, "a\nb", "1"},
        metadata_operation{form::set, "a", ""}, metadata_operation{form::increment, "a", "\"1\""},
        metadata_operation{form::update, "", "1"}, metadata_operation{form::erase, "", ""}}) {
    metadata_change change;
    change.of_root = {operation};
    hold_refused(change_metadata("r", change), "metadata");
  }
}
