#include "api/codes.hpp"
#include "base/digest.hpp"
#include "base/limits.hpp"
#include "job/codes.hpp"
#include "job/trigger_memo.hpp"
#include "unit/job/trigger_bench.hpp"

using namespace triggerd;
using namespace triggerd::test;
using job::effect_state;
using nlohmann::json;
using goal = spec::wait_spec::goal;

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
