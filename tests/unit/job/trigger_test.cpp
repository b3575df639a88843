#include "api/codes.hpp"
#include "base/digest.hpp"
#include "base/limits.hpp"
#include "job/codes.hpp"
#include "job/trigger_memo.hpp"
#include "unit/job/run_bench.hpp"

using namespace triggerd;
using namespace triggerd::test;
using job::effect_state;
using nlohmann::json;
using goal = spec::wait_spec::goal;

namespace {

struct trigger_bench : run_bench {
  spec::trigger_spec what;

  trigger_bench() {
    kind = job::make_trigger_kind(world);
    what.task = "report";
    what.payload = R"({"day":"{{ fire.date }}","app":"{{ target.labels.app }}","n":3})";
    set();
  }
  void set() { job.what = what; }
  void wait_for(goal until, milliseconds timeout = milliseconds(0), bool cancels = false) {
    job.wait.until = until;
    if (timeout.count() > 0) job.wait.timeout = timeout;
    job.wait.cancel_on_timeout = cancels;
  }
  static json body_of(const store::action_row& row) { return json::parse(row.body); }
  static json payload_of(const store::action_row& row) {
    return json::parse(body_of(row).at("payload").get<std::string>()).at("json");
  }
  // A run on its way, as the engine holds it.
  std::vector<store::action_row> triggered() {
    store::action_row row = only_action();
    wire->answer(200, R"({"id":"run_1","isCached":false})");
    const auto done = apply(row);
    REQUIRE(done.state == effect_state::waiting);
    return {row};
  }
  // The same after an attempt whose answer was lost.
  std::vector<store::action_row> triggered_in_doubt() {
    store::action_row row = only_action();
    wire->break_off();
    apply(row);
    wire->answer(200, R"({"id":"run_2","isCached":false})");
    REQUIRE(apply(row).state == effect_state::waiting);
    return {row};
  }
};

}  // namespace

TEST_CASE("a trigger's body stands whole before anything is sent: payload, options, key and tag") {
  trigger_bench b;
  b.what.options = R"({"queue":"reports","tags":["job:{{ job.name }}"],"ttl":"2h","version":"20261103.1"})";
  b.set();
  const store::action_row row = b.only_action();
  CHECK(row.kind == "trigger");
  CHECK(row.subject == "report");
  CHECK(row.items == 1);
  CHECK(trigger_bench::payload_of(row) == json{{"day", "2026-11-24"}, {"app", "shop"}, {"n", 3}});
  const json options = trigger_bench::body_of(row).at("options");
  CHECK(options.at("queue") == json{{"name", "reports"}});
  CHECK(options.at("ttl") == "7200s");
  CHECK(options.at("lockToVersion") == "20261103.1");
  CHECK(options.at("tags") == json::array({"job:nightly", job::action_tag(row)}));
  CHECK(options.at("idempotencyKey") == row.key);
  CHECK(options.at("idempotencyKeyTTL") == "2592000s");
  CHECK(row.key.size() == 64);
  CHECK(b.wire->requests.empty());
}

TEST_CASE("without a payload none is sent") {
  trigger_bench b;
  b.what.payload.reset();
  b.set();
  CHECK_FALSE(trigger_bench::body_of(b.only_action()).contains("payload"));
}

TEST_CASE("an automatic key is the same for one instant, and another for another instant, target, job or hand") {
  trigger_bench b;
  const std::string key = b.only_action().key;
  CHECK(b.only_action().key == key);
  b.fire.id = "01other";
  CHECK(b.only_action().key == key);  // the instant counts, not who found it due
  SUBCASE("instant") { b.fire.due += milliseconds(1); }
  SUBCASE("target") { b.shop.name = "shop-staging"; }
  SUBCASE("job") { b.job.name = "nightly2"; }
  SUBCASE("by hand") { b.fire.cause = "manual"; }
  SUBCASE("an attempt after one whose run we cancelled, which keeps its key") {
    b.attempt = 2;
    CHECK(b.only_action().key == key);
    b.wait_for(goal::success, seconds(60), true);
  }
  CHECK(b.only_action().key != key);
}

TEST_CASE("a run by hand has a key of its own, and keys across fires have none of the fire") {
  trigger_bench b;
  b.fire.cause = "manual";
  const std::string one = b.only_action().key;
  b.fire.id = "01other";
  CHECK(b.only_action().key != one);
  b.job.idempotency.across_fires = true;
  const std::string across = b.only_action().key;
  b.fire.id = "01third";
  b.fire.due += seconds(1);
  CHECK(b.only_action().key == across);
}

TEST_CASE("a key in the job's own words is hashed as the SDK does it, unless it is a hash") {
  trigger_bench b;
  b.job.idempotency.key = "report-{{ fire.date }}";
  store::action_row row = b.only_action();
  CHECK(row.key == sha256_hex("report-2026-11-24"));
  CHECK(trigger_bench::body_of(row).at("options").at("idempotencyKeyOptions").at("key") == "report-2026-11-24");
  const std::string hash = sha256_hex("x");
  b.job.idempotency.key = hash;
  CHECK(b.only_action().key == hash);
}

TEST_CASE("a payload comes from a file or a program, and arguments may hold placeholders") {
  trigger_bench b;
  b.what.payload.reset();
  SUBCASE("file") {
    b.what.payload_file = "/etc/{{ target.name }}.json";
    b.inputs.files["/etc/shop-prod.json"] = " {\"a\": [1, 2]}\n";
    b.set();
    CHECK(trigger_bench::payload_of(b.only_action()) == json{{"a", {1, 2}}});
  }
  SUBCASE("program") {
    b.what.payload_exec = spec::exec_spec{.argv = {"/bin/window", "--for={{ job.name }}"}};
    b.inputs.program = [](const auto&) { return result<std::string>("{\"a\":1}"); };
    b.set();
    CHECK(trigger_bench::payload_of(b.only_action()) == json{{"a", 1}});
    REQUIRE(b.inputs.ran.size() == 1);
    CHECK(b.inputs.ran[0] == std::vector<std::string>{"/bin/window", "--for=nightly"});
  }
}

TEST_CASE("a payload that cannot be made ends planning, and the message says where") {
  trigger_bench b;
  b.what.payload.reset();
  std::string says;
  SUBCASE("file missing") {
    b.what.payload_file = "/p.json";
    says = "/p.json is not there";
  }
  SUBCASE("file empty") {
    b.what.payload_file = "/p.json";
    b.inputs.files["/p.json"] = " \n";
    says = "/p.json: it is empty";
  }
  SUBCASE("file malformed") {
    b.what.payload_file = "/p.json";
    b.inputs.files["/p.json"] = "{\"a\":";
    says = "the payload from /p.json";
  }
  SUBCASE("file too large") {
    b.what.payload_file = "/p.json";
    b.inputs.files["/p.json"] = std::string(limits::trigger_body + 1, ' ');
    says = "/p.json is too large";
  }
  SUBCASE("number that the server would change") {
    b.what.payload_file = "/p.json";
    b.inputs.files["/p.json"] = "[9007199254740993]";
    says = "the payload from /p.json";
  }
  SUBCASE("program failing") {
    b.what.payload_exec = spec::exec_spec{.argv = {"/bin/window"}};
    b.inputs.program = [](const auto&) {
      return result<std::string>(fail(triggerd::codes::io, "exit status 3", "no db"));
    };
    says = "/bin/window: exit status 3";
  }
  SUBCASE("label missing") {
    b.what.payload = R"({"a":{"b":"{{ target.labels.none }}"}})";
    says = "/a/b";
  }
  b.set();
  const auto all = b.plan();
  REQUIRE(all.failed.has_value());
  CHECK(all.failed->code == job::codes::payload);
  CHECK_MESSAGE(all.failed->message.find(says) != std::string::npos, all.failed->message);
  CHECK(all.actions.empty());
}

TEST_CASE("what the server would swallow is refused before it is stored") {
  trigger_bench b;
  SUBCASE("delay") { b.what.options = R"({"delay":"soon"})"; }
  SUBCASE("tags") { b.what.options = R"({"tags":["1","2","3","4","5","6","7","8","9","10"]})"; }
  SUBCASE("task") { b.what.task = ".."; }
  SUBCASE("integer") { b.what.payload = "{\"a\":9007199254740993}"; }
  b.set();
  const auto all = b.plan();
  REQUIRE(all.failed.has_value());
  CHECK(all.failed->code == api::codes::bad_argument);
}

TEST_CASE("a program that was cancelled ends planning as cancelled") {
  trigger_bench b;
  b.what.payload.reset();
  b.what.payload_exec = spec::exec_spec{.argv = {"/bin/window"}};
  b.inputs.program = [](const auto&) { return result<std::string>(fail(triggerd::codes::cancelled, "stopped")); };
  b.set();
  CHECK(b.plan().failed->code == triggerd::codes::cancelled);
}

TEST_CASE("a trigger sends the stored body once and gives its run") {
  trigger_bench b;
  store::action_row row = b.only_action();
  b.wire->answer(200, R"({"id":"run_1","isCached":false})");
  const auto done = b.apply(row);
  CHECK(done.state == effect_state::waiting);
  CHECK(done.run == "run_1");
  CHECK(done.drop_body);
  CHECK_FALSE(done.note.has_value());
  REQUIRE(b.wire->requests.size() == 1);
  CHECK(b.asked().method == "POST");
  CHECK(b.asked().url == "http://api.test/api/v1/tasks/report/trigger");
  CHECK(*b.asked().body == row.body);
}

TEST_CASE("a key that has its run already is noted") {
  trigger_bench b;
  store::action_row row = b.only_action();
  b.wire->answer(200, R"({"id":"run_1","isCached":true})");
  const auto done = b.apply(row);
  CHECK(done.run == "run_1");
  CHECK(done.note == "the key had this run already");
}

TEST_CASE("what the server refuses fails with its words; what may pass is tried again") {
  trigger_bench b;
  store::action_row row = b.only_action();
  SUBCASE("422") {
    b.wire->answer(422, R"({"error":"Region not found"})");
    const auto done = b.apply(row);
    CHECK(done.state == effect_state::failed);
    CHECK(done.code == "api.refused");
    CHECK(done.note->find("Region not found") != std::string::npos);
  }
  SUBCASE("401") {
    b.wire->answer(401, R"({"error":"Invalid API key"})");
    CHECK(b.apply(row).state == effect_state::failed);
  }
  SUBCASE("429") {
    b.wire->answer(429, "{}", {{"retry-after", "10"}});
    const auto done = b.apply(row);
    CHECK(done.state == effect_state::again);
    REQUIRE(done.why.has_value());
    CHECK(done.why->kind == api::failure_kind::throttled);
    CHECK_FALSE(job::trigger_memo::read(row.memo).doubt.has_value());
  }
  SUBCASE("not sent") {
    b.wire->refuse();
    const auto done = b.apply(row);
    CHECK(done.state == effect_state::again);
    CHECK_FALSE(job::trigger_memo::read(row.memo).doubt.has_value());
  }
  SUBCASE("500 with a locked version, which is a mistake of ours") {
    b.what.options = R"({"version":"20261103.1"})";
    b.set();
    row = b.only_action();
    b.wire->answer(500, R"({"error":"Something went wrong"})");
    CHECK(b.apply(row).state == effect_state::failed);
  }
}

TEST_CASE("a lost answer is asked for again with the same key while it is young") {
  trigger_bench b;
  store::action_row row = b.only_action();
  net::outcome answer;
  SUBCASE("broken") { answer = scripted_transport::ambiguous(); }
  SUBCASE("502") { answer = scripted_transport::reply(502, "<html>"); }
  SUBCASE("unreadable") { answer = scripted_transport::reply(200, "{\"id\":"); }
  for (int i = 0; i < 3; ++i) {
    b.wire->play(answer);
    const auto lost = b.apply(row);
    CHECK(lost.state == effect_state::again);
    REQUIRE(lost.why.has_value());
    CHECK(lost.why->may_have_happened);
    b.time.advance(seconds(10));
  }
  CHECK(job::trigger_memo::read(row.memo).doubt == row.intended);
  b.wire->answer(200, R"({"id":"run_1","isCached":true})");
  const auto done = b.apply(row);
  CHECK(done.run == "run_1");
  for (const auto& request : b.wire->requests) CHECK(*request.body == row.body);
  CHECK(b.wire->requests.size() == 4);
}

TEST_CASE("a doubt of more than a minute is looked up by our tag before anything is sent") {
  trigger_bench b;
  store::action_row row = b.only_action();
  b.wire->break_off();
  b.apply(row);
  b.time.advance(limits::lookup_after);
  b.wire->break_off();
  CHECK(b.apply(row).state == effect_state::doubtful);
  SUBCASE("found: adopted, the oldest one, for replays inherit the tag") {
    b.wire->answer(200, run_bench::shown_runs({run_bench::shown_run("run_replay", "EXECUTING")}, "page2"));
    b.wire->answer(200, run_bench::shown_runs({run_bench::shown_run("run_ours", "EXECUTING")}));
    const auto found = b.resolve(row, false);
    CHECK(found.state == effect_state::waiting);
    CHECK(found.run == "run_ours");
    CHECK(found.drop_body);
    CHECK(b.asked(1).url.find("filter%5Btag%5D=td%3A01fire") != std::string::npos);
    CHECK(b.asked().url.find("page2") != std::string::npos);
  }
  SUBCASE("not found: once more, because the list lags, and then it is sent again") {
    b.wire->answer(200, run_bench::shown_runs({}));
    CHECK(b.resolve(row, false).state == effect_state::pending);
    b.wire->answer(200, run_bench::shown_runs({}));
    CHECK(b.resolve(row, false).state == effect_state::again);
  }
  SUBCASE("the list does not answer: asked again, then the key has to do") {
    b.wire->answer(503, "{}");
    CHECK(b.resolve(row, false).state == effect_state::pending);
    b.wire->refuse();
    const auto blind = b.resolve(row, false);
    CHECK(blind.state == effect_state::again);
    CHECK(blind.why->may_have_happened);
  }
  SUBCASE("this key may not list: the idempotency key has to do") {
    b.wire->answer(403, R"({"error":"Unauthorized"})");
    CHECK(b.resolve(row, false).state == effect_state::again);
    CHECK(b.wire->requests.size() == 3);
  }
}

TEST_CASE("a young doubt is sent again without a question, but not after a restart") {
  trigger_bench b;
  store::action_row row = b.only_action();
  CHECK(b.resolve(row, false).state == effect_state::again);
  CHECK(b.wire->requests.empty());
  b.wire->answer(200, run_bench::shown_runs({run_bench::shown_run("run_ours", "QUEUED")}));
  const auto found = b.resolve(row, true);
  CHECK(found.run == "run_ours");
  CHECK(b.wire->requests.size() == 1);
}

TEST_CASE("a second run after an unseen failure is reported") {
  trigger_bench b;
  SUBCASE("without a wait") {}
  SUBCASE("with one") { b.wait_for(goal::settled); }
  auto rows = b.triggered_in_doubt();
  auto seen = b.observe(rows);
  CHECK(seen.changes.empty());  // the list lags
  CHECK(seen.look_again == limits::pending_version_notice);
  b.time.advance(limits::pending_version_notice);
  SUBCASE("failed") {
    b.wire->answer(
        200, run_bench::shown_runs({run_bench::shown_run("run_2", "QUEUED"), run_bench::shown_run("run_1", "FAILED")}));
    b.wire->answer(200, run_bench::shown_run("run_2", "QUEUED"));
    const auto told = b.observe(rows).changes.at(0).what.note;
    REQUIRE(told.has_value());
    CHECK(told->starts_with("repeated-after-failure: run_1"));
  }
  SUBCASE("by a list that lags still") {
    b.wire->answer(200, run_bench::shown_runs({run_bench::shown_run("run_1", "EXECUTING")}));
    b.wire->answer(200, run_bench::shown_run("run_2", "COMPLETED"));
    const auto told = b.observe(rows).changes.at(0).what.note;
    REQUIRE(told.has_value());
    CHECK(told->starts_with("repeated-after-failure: run_1"));
  }
  SUBCASE("the lost attempt had made none") {
    b.wire->answer(200, run_bench::shown_runs({run_bench::shown_run("run_2", "QUEUED")}));
    b.wire->answer(200, run_bench::shown_run("run_2", "QUEUED"));
    CHECK_FALSE(b.observe(rows).changes.at(0).what.note.has_value());
  }
  SUBCASE("a newer run is somebody's replay") {
    b.wire->answer(
        200, run_bench::shown_runs({run_bench::shown_run("run_3", "QUEUED"), run_bench::shown_run("run_2", "FAILED")}));
    b.wire->answer(200, run_bench::shown_run("run_2", "EXECUTING"));
    CHECK_FALSE(b.observe(rows).changes.at(0).what.note.has_value());
  }
  SUBCASE("nobody can be asked: later, but not for ever") {
    b.wire->answer(500, "{}");
    seen = b.observe(rows);
    CHECK(seen.changes.empty());
    CHECK(seen.look_again < limits::lookup_after);
    b.time.advance(limits::lookup_after);
    b.wire->answer(500, "{}");
    b.wire->answer(200, run_bench::shown_run("run_2", "COMPLETED"));
    CHECK_FALSE(b.observe(rows).changes.at(0).what.note.has_value());
  }
  SUBCASE("this key may not list") {
    b.wire->answer(403, R"({"error":"Unauthorized"})");
    b.wire->answer(200, run_bench::shown_run("run_2", "COMPLETED"));
    CHECK(b.observe(rows).changes.at(0).what.state == effect_state::done);
  }
}

TEST_CASE("of a failed run and the one that followed it, a restart adopts the second") {
  trigger_bench b;
  store::action_row row = b.only_action();
  b.wire->answer(
      200, run_bench::shown_runs({run_bench::shown_run("run_2", "QUEUED"), run_bench::shown_run("run_1", "FAILED")}));
  const auto found = b.resolve(row, true);
  CHECK(found.run == "run_2");
  CHECK(found.note->starts_with("repeated-after-failure: run_1"));
}

TEST_CASE("that it was repeated after a failure stays noted when the run has failed too") {
  trigger_bench b;
  b.wait_for(goal::success);
  auto rows = b.triggered();
  rows.at(0).note = "repeated-after-failure: run_0 had failed";
  b.wire->answer(200, run_bench::shown_run("run_1", "FAILED"));
  const auto seen = b.observe(rows);
  CHECK(seen.changes.at(0).what.note->starts_with("repeated-after-failure: run_0 had failed; run_1 ended FAILED"));
}

TEST_CASE("without a wait one look ten seconds later warns of a run that no version takes") {
  trigger_bench b;
  auto rows = b.triggered();
  auto seen = b.observe(rows);
  CHECK(seen.changes.empty());
  CHECK(seen.look_again == limits::pending_version_notice);
  CHECK(b.wire->requests.size() == 1);
  b.time.advance(limits::pending_version_notice);
  SUBCASE("mistyped") {
    b.wire->answer(200, run_bench::shown_run("run_1", "PENDING_VERSION"));
    seen = b.observe(rows);
    REQUIRE(seen.changes.size() == 1);
    CHECK(seen.changes[0].what.state == effect_state::done);
    CHECK(seen.changes[0].what.items_ok == 1);
    CHECK(seen.changes[0].what.notice.find("run_1 stays PENDING_VERSION") == 0);
  }
  SUBCASE("well") {
    b.wire->answer(200, run_bench::shown_run("run_1", "EXECUTING"));
    seen = b.observe(rows);
    REQUIRE(seen.changes.size() == 1);
    CHECK(seen.changes[0].what.state == effect_state::done);
    CHECK(seen.changes[0].what.notice.empty());
  }
  SUBCASE("failed already, which nobody asked about") {
    b.wire->answer(200, run_bench::shown_run("run_1", "FAILED"));
    seen = b.observe(rows);
    CHECK(seen.changes.at(0).what.state == effect_state::done);
    CHECK(seen.changes.at(0).what.items_ok == 1);
  }
  SUBCASE("no answer") {
    b.wire->answer(500, "{}");
    seen = b.observe(rows);
    CHECK(seen.changes.at(0).what.state == effect_state::done);
  }
}

TEST_CASE("a run that is waited for is looked at until its status says that it ended") {
  trigger_bench b;
  b.wait_for(goal::success);
  auto rows = b.triggered();
  b.wire->answer(200, run_bench::shown_run("run_1", "EXECUTING"));
  auto seen = b.observe(rows);
  CHECK(seen.changes.empty());
  CHECK(seen.look_again == milliseconds(limits::watch_soonest));
  b.time.advance(seconds(80));
  b.wire->answer(200, run_bench::shown_run("run_1", "EXECUTING"));
  seen = b.observe(rows);
  REQUIRE(seen.changes.size() == 1);  // the look for a version is over
  CHECK(seen.changes[0].what.state == effect_state::waiting);
  CHECK(seen.changes[0].what.notice.empty());
  CHECK(seen.look_again == seconds(10));
  b.time.advance(std::chrono::hours(1));
  b.wire->answer(200, run_bench::shown_run("run_1", "EXECUTING"));
  CHECK(b.observe(rows).look_again == milliseconds(limits::watch_latest));
  SUBCASE("well") {
    b.wire->answer(200, run_bench::shown_run("run_1", "COMPLETED"));
    seen = b.observe(rows);
    CHECK(seen.changes.at(0).what.state == effect_state::done);
    CHECK(seen.changes.at(0).what.items_ok == 1);
  }
  SUBCASE("badly") {
    for (const char* status : {"FAILED", "CRASHED", "SYSTEM_FAILURE", "EXPIRED", "TIMED_OUT", "CANCELED"}) {
      b.wire->answer(200, run_bench::shown_run("run_1", status));
      seen = b.observe(rows);
      CHECK(seen.changes.at(0).what.state == effect_state::failed);
      CHECK(seen.changes.at(0).what.code == "job.run-failed");
      CHECK(seen.changes.at(0).what.items_bad == 1);
      CHECK(seen.changes.at(0).what.note->find(status) != std::string::npos);
    }
  }
  SUBCASE("for = settled takes any end") {
    b.job.wait.until = goal::settled;
    b.wire->answer(200, run_bench::shown_run("run_1", "FAILED"));
    seen = b.observe(rows);
    CHECK(seen.changes.at(0).what.state == effect_state::done);
    CHECK(seen.changes.at(0).what.items_bad == 1);
    CHECK(*seen.changes.at(0).what.note == "run_1 ended FAILED: it broke");
  }
}

TEST_CASE("a waited run that stays PENDING_VERSION is warned of once and waited for on") {
  trigger_bench b;
  b.wait_for(goal::success);
  auto rows = b.triggered();
  b.time.advance(limits::pending_version_notice);
  b.wire->otherwise(
      [](const auto&) { return scripted_transport::reply(200, run_bench::shown_run("run_1", "PENDING_VERSION")); });
  auto seen = b.observe(rows);
  REQUIRE(seen.changes.size() == 1);
  CHECK(seen.changes[0].what.state == effect_state::waiting);
  CHECK_FALSE(seen.changes[0].what.notice.empty());
  CHECK(b.observe(rows).changes.empty());
}

TEST_CASE("a look that fails is repeated, unless it can never succeed") {
  trigger_bench b;
  b.wait_for(goal::success);
  auto rows = b.triggered();
  SUBCASE("passing") {
    b.wire->break_off();
    CHECK(b.observe(rows).changes.empty());
    b.wire->answer(429, "{}", {{"retry-after", "20"}});
    const auto seen = b.observe(rows);
    CHECK(seen.changes.empty());
    CHECK(seen.look_again >= seconds(20));
    b.wire->answer(404, R"({"error":"Not found"})", {{"x-should-retry", "true"}});
    CHECK(b.observe(rows).changes.empty());
  }
  SUBCASE("gone") {
    b.time.advance(limits::lookup_after + seconds(1));
    b.wire->answer(404, R"({"error":"Not found"})", {{"x-should-retry", "true"}});
    const auto seen = b.observe(rows);
    CHECK(seen.changes.at(0).what.state == effect_state::failed);
    CHECK(seen.changes.at(0).what.code == "api.not-found");
  }
  SUBCASE("forbidden") {
    b.wire->answer(403, R"({"error":"Unauthorized"})");
    CHECK(b.observe(rows).changes.at(0).what.code == "api.forbidden");
  }
  SUBCASE("cancelled while waiting for its turn") {
    b.target->instead = [](const auto&) {
      client::exchange done;
      done.failed.emplace();
      done.failed->kind = api::failure_kind::not_sent;
      done.failed->what = fail(triggerd::codes::cancelled, "stopped");
      return std::optional(done);
    };
    CHECK(b.observe(rows).changes.empty());
  }
}

TEST_CASE("a wait that lasts too long fails, and cancels the run where the job says so") {
  trigger_bench b;
  const auto timeout = seconds(30);
  SUBCASE("leave") {
    b.wait_for(goal::success, timeout);
    auto rows = b.triggered();
    b.time.advance(seconds(29));
    b.wire->answer(200, run_bench::shown_run("run_1", "EXECUTING"));
    CHECK(b.observe(rows).look_again == seconds(1));
    b.time.advance(seconds(1));
    b.wire->answer(200, run_bench::shown_run("run_1", "EXECUTING"));
    const auto seen = b.observe(rows);
    CHECK(seen.changes.at(0).what.code == "job.wait-timeout");
    CHECK(seen.changes.at(0).what.items_bad == 1);
    CHECK(*seen.changes.at(0).what.note == "run_1 was EXECUTING after 30s");
    CHECK(b.asked().method == "GET");
  }
  SUBCASE("a run that ended in the last moment has ended") {
    b.wait_for(goal::success, timeout);
    auto rows = b.triggered();
    b.time.advance(timeout);
    b.wire->answer(200, run_bench::shown_run("run_1", "COMPLETED"));
    CHECK(b.observe(rows).changes.at(0).what.state == effect_state::done);
  }
  SUBCASE("cancel") {
    b.wait_for(goal::success, timeout, true);
    auto rows = b.triggered();
    b.time.advance(timeout);
    b.wire->answer(200, run_bench::shown_run("run_1", "EXECUTING"));
    b.wire->break_off();
    CHECK(b.observe(rows).changes.empty());  // asked again until it is sure
    b.wire->answer(200, run_bench::shown_run("run_1", "EXECUTING"));
    b.wire->answer(200, R"({"id":"run_1"})");
    const auto seen = b.observe(rows);
    CHECK(seen.changes.at(0).what.state == effect_state::failed);
    CHECK(seen.changes.at(0).what.note->ends_with("was cancelled"));
    CHECK(b.asked().url == "http://api.test/api/v2/runs/run_1/cancel");
  }
  SUBCASE("cancel refused") {
    b.wait_for(goal::success, timeout, true);
    auto rows = b.triggered();
    b.time.advance(timeout);
    b.wire->answer(200, run_bench::shown_run("run_1", "EXECUTING"));
    b.wire->answer(403, R"({"error":"Unauthorized"})");
    CHECK(b.observe(rows).changes.at(0).what.note->find("could not be cancelled") != std::string::npos);
  }
}
