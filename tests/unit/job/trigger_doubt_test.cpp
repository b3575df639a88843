// Triggers whose answer nobody saw.
#include "base/limits.hpp"
#include "job/trigger_memo.hpp"
#include "unit/job/trigger_bench.hpp"

using namespace triggerd;
using namespace triggerd::test;
using job::effect_state;
using goal = spec::wait_spec::goal;

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

TEST_CASE("a restart adopts what bears its key, however its run and replays of it ended") {
  trigger_bench b;
  store::action_row row = b.only_action();
  b.wire->answer(200, run_bench::shown_runs({run_bench::shown_run("run_replay", "QUEUED"),
                                             run_bench::shown_run("run_2", "FAILED", row.key),
                                             run_bench::shown_run("run_1", "FAILED")}));
  CHECK(b.resolve(row, true).run == "run_2");
}

// A request of the life before may be on the wire still, and after a failure it makes another run.
TEST_CASE("a run that a restart found is its action's end only when ten seconds later there is no newer one") {
  trigger_bench b;
  SUBCASE("without a wait") {}
  SUBCASE("with one") { b.wait_for(goal::success); }
  std::vector rows{b.only_action()};
  const std::string key = rows.at(0).key;
  b.time.advance(limits::lookup_after);
  b.wire->answer(200, run_bench::shown_runs({run_bench::shown_run("run_1", "FAILED", key)}));
  CHECK(b.resolve(rows.at(0), true).state == effect_state::waiting);
  CHECK(rows.at(0).run == "run_1");
  CHECK(b.observe(rows).changes.empty());
  b.time.advance(limits::pending_version_notice);
  SUBCASE("there is") {
    b.wire->answer(200, run_bench::shown_runs({run_bench::shown_run("run_3", "QUEUED"),
                                               run_bench::shown_run("run_2", "COMPLETED", key),
                                               run_bench::shown_run("run_1", "FAILED")}));
    b.wire->answer(200, run_bench::shown_run("run_2", "COMPLETED", key));
    const auto told = b.observe(rows).changes.at(0).what;
    CHECK(told.state == effect_state::done);
    CHECK(told.run == "run_2");
    CHECK(told.note->starts_with("repeated-after-failure: run_1"));
  }
  SUBCASE("there is none but a replay") {
    b.wire->answer(200, run_bench::shown_runs(
                            {run_bench::shown_run("run_3", "QUEUED"), run_bench::shown_run("run_1", "FAILED", key)}));
    b.wire->answer(200, run_bench::shown_run("run_1", "FAILED", key));
    CHECK_FALSE(b.observe(rows).changes.at(0).what.run.has_value());
    CHECK(b.asked().url.find("run_1") != std::string::npos);
  }
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
