// Runs that triggers made, looked at.
#include "base/limits.hpp"
#include "unit/job/trigger_bench.hpp"

using namespace triggerd;
using namespace triggerd::test;
using job::effect_state;
using goal = spec::wait_spec::goal;

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
