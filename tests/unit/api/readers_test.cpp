#include "base/limits.hpp"
#include "unit/api/family_bench.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

const std::string run_row =
    R"({"id":"run_1","taskIdentifier":"send","status":"FAILED","idempotencyKey":"k","version":"20260115.1",)"
    R"("createdAt":"2026-01-15T10:00:00.000Z","finishedAt":"2026-01-15T10:00:05.000Z","tags":["b","a"],)"
    R"("error":{"message":"out of\nmemory","name":"Error"},"batchId":"batch_1","isTest":false,"attempts":[]})";
const std::string bulk_row =
    R"({"id":"bulk_1","name":"td:x","type":"REPLAY","status":"COMPLETED","counts":{"total":3,"success":2,"failure":1},)"
    R"("createdAt":"2026-01-15T10:00:00.000Z"})";
const std::string batch_reply =
    R"({"id":"batch_1","status":"COMPLETED","runCount":3,"runs":["run_1","run_2"],)"
    R"("processing":{"completedAt":"2026-01-15T10:00:00.000Z",)"
    R"("errors":[{"index":2,"taskIdentifier":"t","error":"too\tlarge","errorCode":"PAYLOAD_TOO_LARGE"}]}})";

// {"sub":"env_1","pub":true} between two dots.
const std::string token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJlbnZfMSIsInB1YiI6dHJ1ZX0.c2ln";

}  // namespace

TEST_CASE("a trigger's reply is read or refused whole") {
  const auto what = trigger("t", body_of("{}"), true, false).value();
  hold_reader(what, {R"({"id":"run_1","isCached":true})", {{"/id", form::text}}});
  CHECK(value_of(what, R"({"id":"run_1","isCached":true})").cached);
  const auto fresh = value_of(what, R"({"id":"run_2","publicAccessToken":"x"})");
  CHECK(fresh.run == "run_2");
  CHECK_FALSE(fresh.cached);
}

TEST_CASE("the replies of a batch's two phases are read or refused whole") {
  const auto create = create_batch(2, {"t"}, {});
  hold_reader(create, {R"({"id":"batch_1","runCount":2,"isCached":false,"idempotencyKey":"k"})",
                       {{"/id", form::text}, {"/runCount", form::count}}});
  const auto created = value_of(create, R"({"id":"batch_1","runCount":"2","isCached":true})", 202);
  CHECK(created.id == "batch_1");
  CHECK(created.run_count == 2);  // numbers may come as text
  CHECK(created.cached);

  const auto stream = stream_items("batch_1", body_of(""));
  hold_reader(stream,
              {R"({"id":"b","itemsAccepted":1,"itemsDeduplicated":1,"sealed":false,"runCount":3,)"
               R"("enqueuedCount":2,"expectedCount":3})",
               {{"/itemsAccepted", form::count}, {"/itemsDeduplicated", form::count}, {"/sealed", form::flag}}});
  const auto open = value_of(
      stream, R"({"itemsAccepted":1,"itemsDeduplicated":4,"sealed":false,"enqueuedCount":2,"expectedCount":3})");
  CHECK(open.accepted == 1);
  CHECK(open.deduplicated == 4);
  CHECK_FALSE(open.sealed);
  CHECK(open.enqueued == 2u);
  CHECK(open.expected == 3u);
  const auto sealed = value_of(stream, R"({"itemsAccepted":0,"itemsDeduplicated":0,"sealed":true,"enqueuedCount":-1})");
  CHECK(sealed.sealed);
  CHECK_FALSE(sealed.enqueued.has_value());
}

TEST_CASE("a batch is read with the items that became no run") {
  const auto what = retrieve_batch("batch_1");
  hold_reader(what, {batch_reply,
                     {{"/id", form::text},
                      {"/status", form::text},
                      {"/runCount", form::count},
                      {"/runs", form::list},
                      {"/processing/errors/0/index", form::count}}});
  const auto view = value_of(what, batch_reply);
  CHECK(view.ended());
  CHECK(view.processed);
  CHECK(view.run_count == 3);
  CHECK(view.runs == std::vector<std::string>{"run_1", "run_2"});
  REQUIRE(view.errors.size() == 1);
  CHECK(view.errors[0].index == 2);
  CHECK(view.errors[0].task == "t");
  CHECK(view.errors[0].code == "PAYLOAD_TOO_LARGE");
  CHECK(view.errors[0].text.find('\t') == std::string::npos);
}

TEST_CASE("a batch has ended only when its runs have, or when none could be made") {
  for (const auto& [word, ended] :
       {std::pair("PENDING", false), std::pair("PROCESSING", false), std::pair("PARTIAL_FAILED", false),
        std::pair("COMPLETED", true), std::pair("ABORTED", true), std::pair("SOMETHING_NEW", false)}) {
    const std::string status = word;
    CAPTURE(status);
    const auto view = value_of(retrieve_batch("b"),
                               json{{"id", "b"}, {"status", status}, {"runCount", 1}, {"runs", json::array()}}.dump());
    CHECK(view.ended() == ended);
    CHECK_FALSE(view.processed);
  }
}

TEST_CASE("a run is read with what it says about itself") {
  hold_reader(retrieve_run("run_1"), {run_row, {{"/id", form::text}, {"/status", form::text}}});
  const auto run = value_of(retrieve_run("run_1"), run_row);
  CHECK(run.id == "run_1");
  CHECK(run.task == "send");
  CHECK(run.idempotency_key == "k");
  CHECK(run.tags == std::vector<std::string>{"b", "a"});
  CHECK(run.batch == "batch_1");
  CHECK(run.created == instant(milliseconds(1'768'471'200'000)));
  CHECK(run.finished == instant(milliseconds(1'768'471'205'000)));
  CHECK(run.error_text.starts_with("Error: out of"));
  CHECK(run.error_text.find('\n') == std::string::npos);
  CHECK(value_of(retrieve_run("r"),
                 R"({"id":"r","status":"FAILED","error":{"message":")" + std::string(9'000, 'e') + "\"}}")
            .error_text.size() <= limits::peer_words + 3);
}

TEST_CASE("the phase of a run is decided from its status alone") {
  const std::pair<const char*, run_phase> known[] = {{"PENDING_VERSION", run_phase::waiting_for_version},
                                                     {"DELAYED", run_phase::going_on},
                                                     {"QUEUED", run_phase::going_on},
                                                     {"DEQUEUED", run_phase::going_on},
                                                     {"EXECUTING", run_phase::going_on},
                                                     {"WAITING", run_phase::going_on},
                                                     {"COMPLETED", run_phase::succeeded},
                                                     {"CANCELED", run_phase::cancelled},
                                                     {"FAILED", run_phase::failed},
                                                     {"CRASHED", run_phase::failed},
                                                     {"SYSTEM_FAILURE", run_phase::failed},
                                                     {"EXPIRED", run_phase::failed},
                                                     {"TIMED_OUT", run_phase::failed}};
  for (const auto& [word, phase] : known) {
    const std::string status = word;
    CAPTURE(status);
    for (const bool finished : {false, true}) {
      run_view run;
      run.status = status;
      if (finished) run.finished = noon;
      CHECK(run.phase() == phase);
      CHECK(run.failed() == (phase == run_phase::failed));
      CHECK(run.ended() ==
            (phase == run_phase::failed || phase == run_phase::succeeded || phase == run_phase::cancelled));
    }
  }
  run_view unknown;
  unknown.status = "completed";  // a status is compared exactly
  CHECK(unknown.phase() == run_phase::going_on);
  unknown.finished = noon;
  CHECK(unknown.ended());
  CHECK(unknown.failed());  // not known to be good
}

TEST_CASE("a page of runs may be empty and still go on") {
  const std::map<std::string, form> needs{
      {"/data", form::list}, {"/data/0", form::object}, {"/data/0/id", form::text}, {"/data/0/status", form::text}};
  const std::string body = R"({"data":[)" + run_row + R"(],"pagination":{"next":"abc","previous":"x"}})";
  hold_reader(list_runs({}), {body, needs});
  hold_reader(list_project_runs("proj_1", "prod", {}), {body, needs});
  const auto page = value_of(list_runs({}), R"({"data":[],"pagination":{"next":"abc"}})");
  CHECK(page.runs.empty());
  CHECK(page.next == "abc");
  for (const auto* last : {R"({"data":[],"pagination":{}})", R"({"data":[]})", R"({"data":[],"pagination":null})",
                           R"({"data":[],"pagination":{"next":null}})"})
    CHECK(value_of(list_runs({}), last).next.empty());
}

TEST_CASE("what cancelling and replaying answer must name a run") {
  hold_reader(cancel_run("run_1"), {R"({"id":"run_1"})", {{"/id", form::text}}});
  hold_reader(replay_run("run_1"), {R"({"id":"run_2"})", {{"/id", form::text}}});
  CHECK(value_of(replay_run("run_1"), R"({"id":"run_2"})").run == "run_2");
}

TEST_CASE("bulk actions are read with their counts") {
  hold_reader(create_bulk_action(bulk_kind::replay, {"r"}, "n"), {R"({"id":"bulk_1"})", {{"/id", form::text}}});
  const std::map<std::string, form> needs{{"/id", form::text},
                                          {"/status", form::text},
                                          {"/counts", form::object},
                                          {"/counts/total", form::count},
                                          {"/counts/success", form::count},
                                          {"/counts/failure", form::count}};
  hold_reader(retrieve_bulk_action("bulk_1"), {bulk_row, needs});
  std::map<std::string, form> page_needs{{"/data", form::list}};
  for (const auto& [pointer, wanted] : needs) page_needs["/data/0" + pointer] = wanted;
  hold_reader(list_bulk_actions(10, {}), {R"({"data":[)" + bulk_row + R"(],"pagination":{"next":"n"}})", page_needs});
  const auto view = value_of(retrieve_bulk_action("bulk_1"), bulk_row);
  CHECK(view.name == "td:x");
  CHECK(view.total == 3);
  CHECK(view.success == 2);
  CHECK(view.failure == 1);
  CHECK(view.ended());
  CHECK(view.created.has_value());
  json pending = json::parse(bulk_row);
  pending["status"] = "PENDING";
  pending.erase("name");
  CHECK_FALSE(value_of(retrieve_bulk_action("bulk_1"), pending.dump()).ended());
  CHECK(value_of(retrieve_bulk_action("bulk_1"), pending.dump()).name.empty());
}

TEST_CASE("variables are read as a bare list; an empty value is a value") {
  const std::map<std::string, form> one{{"/name", form::text}, {"/value", form::maybe_empty_text}};
  hold_reader(retrieve_variable("p", "prod", "A"), {R"({"name":"A","value":"1","isSecret":false})", one});
  const auto list = list_variables("p", "prod");
  hold_reader(list, {R"([{"name":"A","value":"1","isSecret":false}])",
                     {{"/0", form::object}, {"/0/name", form::text}, {"/0/value", form::maybe_empty_text}}});
  CHECK_FALSE(reads(list, R"({"variables":{}})"));
  CHECK_FALSE(reads(list, "{}"));
  CHECK(value_of(list, "[]").empty());
  const auto all = value_of(list, R"([{"name":"A","value":""},{"name":"B","value":"<redacted>","isSecret":true}])");
  REQUIRE(all.size() == 2);
  CHECK(all[0].value.empty());
  CHECK_FALSE(all[0].secret);
  CHECK(all[1].secret);
}

TEST_CASE("writes of variables are done only when the reply says so") {
  const auto import = import_variables("p", "prod", body_of("{}"), true);
  for (const auto& what : {import, create_variable("p", "prod", "A", "1", {}), update_variable("p", "prod", "A", "1"),
                           delete_variable("p", "prod", "A")}) {
    hold_reader(what, {R"({"success":true})", {}});
    CHECK(reads(what, "{}"));
    CHECK(reads(what, "", 204));
    CHECK_FALSE(reads(what, R"({"success":false})"));
    CHECK_FALSE(reads(what, "[]"));
    CHECK_FALSE(reads(what, "", 200));
  }
}

TEST_CASE("who a key belongs to") {
  const std::string body =
      R"({"id":"env_1","slug":"preview-x","type":"PREVIEW","apiKey":"tr_preview_hidden","parentEnvironmentId":"env_0",)"
      R"("branchName":"x","paused":false,"project":{"externalRef":"proj_1","slug":"s"}})";
  hold_reader(whoami_key(), {body,
                             {{"/id", form::text},
                              {"/slug", form::text},
                              {"/type", form::text},
                              {"/project", form::object},
                              {"/project/externalRef", form::text}}});
  const auto env = value_of(whoami_key(), body);
  CHECK(env.id == "env_1");
  CHECK(env.slug == "preview-x");
  CHECK(env.type == "PREVIEW");
  CHECK(env.parent == "env_0");
  CHECK(env.branch == "x");
  CHECK(env.project_ref == "proj_1");
  const auto root = value_of(whoami_key(), R"({"id":"e","slug":"prod","type":"PRODUCTION","parentEnvironmentId":null,)"
                                           R"("branchName":null,"project":{"externalRef":"p"}})");
  CHECK(root.parent.empty());
  CHECK(root.branch.empty());
}

TEST_CASE("who a token belongs to, and what it can see") {
  hold_reader(whoami_user("proj_1"),
              {R"({"userId":"u","email":"a@b","project":{"name":"n"}})", {{"/userId", form::text}}});
  CHECK(value_of(whoami_user("p"), R"({"userId":"u","project":{"name":"n"}})").project_known);
  CHECK_FALSE(value_of(whoami_user("p"), R"({"userId":"u"})").project_known);
  CHECK_FALSE(value_of(whoami_user("p"), R"({"userId":"u","project":null})").project_known);

  hold_reader(list_environments("proj_1"),
              {R"([{"id":"e","slug":"stg","type":"STAGING","isBranchableEnvironment":false}])",
               {{"/0", form::object}, {"/0/id", form::text}, {"/0/slug", form::text}, {"/0/type", form::text}}});
  CHECK_FALSE(reads(list_environments("p"), "{}"));
  CHECK(value_of(list_environments("p"),
                 R"([{"id":"e","slug":"preview","type":"PREVIEW","isBranchableEnvironment":true}])")
            .at(0)
            .branches);

  hold_reader(list_branches("proj_1"),
              {R"({"branches":[{"id":"e","name":"feature/x","isPaused":false}]})",
               {{"/branches", form::list}, {"/branches/0/id", form::text}, {"/branches/0/name", form::text}}});
  CHECK(value_of(list_branches("p"), R"({"branches":[]})").empty());
}

TEST_CASE("a key that was exchanged is read into a secret") {
  const auto what = fetch_environment_key("proj_1", "prod");
  hold_reader(what, {R"({"apiKey":"tr_prod_1","name":"n","projectId":"cm1"})", {{"/apiKey", form::text}}});
  const auto got = value_of(what, R"({"apiKey":"tr_prod_1","projectId":"cm1"})");
  CHECK(got.key->expose() == "tr_prod_1");
  CHECK(got.project_id == "cm1");
}

TEST_CASE("a minted token tells its environment") {
  const auto what = mint_public_token("read:runs", 60);
  hold_reader(what, {json{{"token", token}}.dump(), {{"/token", form::text}}});
  CHECK(value_of(what, json{{"token", token}}.dump()).environment == "env_1");
  for (const auto* bad : {"x", "a.b", "a..c", "a.b.c.d", "a.!!!.c", "a.bm90IGpzb24.c", "a.e30.c", "a.eyJzdWIiOiIifQ.c",
                          "a.eyJzdWIiOjV9.c"}) {
    CAPTURE(bad);
    CHECK_FALSE(reads(what, json{{"token", bad}}.dump()));
  }
}
