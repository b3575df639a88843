// Replays run by run: sent at most once, whatever happens.
#include "base/limits.hpp"
#include "job/codes.hpp"
#include "job/replay_memo.hpp"
#include "unit/job/kind_bench.hpp"

using namespace triggerd;
using job::effect_state;
using nlohmann::json;

namespace {

std::string run(const std::string& id, const std::string& status) {
  json out = {{"id", id}, {"status", status}, {"taskIdentifier", "sync"}};
  if (status == "FAILED") out["error"] = {{"name", "Error"}, {"message", "boom"}};
  return out.dump();
}

std::string runs_with(const std::vector<std::pair<std::string, std::string>>& of) {
  json out = {{"data", json::array()}, {"pagination", json::object()}};
  for (const auto& [id, status] : of) out["data"].push_back(json::parse(run(id, status)));
  return out.dump();
}

struct single_bench : test::kind_bench {
  single_bench() {
    spec::replay_spec how;
    how.select.from = "-2h";
    how.select.to = "-1h";
    how.single = true;
    job.what = how;
    kind = job::make_replay_kind(world);
    action.row.kind = "replay";
    action.row.subject = "run_1";
    action.row.items = 1;
    action.once = true;
    row = row_of(0, "run_1");
  }
  store::action_row row_of(std::uint64_t number, const std::string& subject) const {
    store::action_row out = action.row;
    out.fire = fire.id;
    out.target = target.name;
    out.number = number;
    out.subject = subject;
    out.intended = time.now();
    return out;
  }
  static std::string watching() {
    job::replay_memo memo;
    memo.watch = true;
    return memo.text();
  }
  job::effect send() {
    auto became = apply(row, action);
    settle(row, became);
    return became;
  }
  void made() {
    row.memo = watching();
    wire->answer(200, R"({"id":"run_new"})");
    REQUIRE(send().state == effect_state::waiting);
    wire->requests.clear();
  }
  std::optional<job::effect> look() {
    auto seen = observe({row});
    if (seen.changes.empty()) return std::nullopt;
    REQUIRE(seen.changes.size() == 1);
    settle(row, seen.changes[0].what);
    return seen.changes[0].what;
  }

  job::planned_action action;
  store::action_row row;
};

}  // namespace

TEST_CASE("a single replay is done with its new run's id, or waits for it") {
  single_bench bench;
  SUBCASE("done") {
    bench.wire->answer(200, R"({"id":"run_new"})");
    const auto became = bench.send();
    CHECK(became.state == effect_state::done);
    CHECK(became.run == "run_new");
    CHECK(became.items_ok == 1);
  }
  SUBCASE("waits") {
    bench.made();
    CHECK(bench.row.run == "run_new");
  }
  SUBCASE("the request names the original") {
    bench.wire->answer(200, R"({"id":"run_new"})");
    bench.send();
    CHECK(bench.asked() == std::vector<std::string>{"POST /api/v1/runs/run_1/replay"});
  }
}

TEST_CASE("a single replay that may have happened is never sent again") {
  single_bench bench;
  SUBCASE("no answer") { bench.wire->break_off(); }
  SUBCASE("a server error") { bench.wire->answer(500, "{}"); }
  SUBCASE("an unreadable answer") { bench.wire->answer(200, "<html>"); }
  CHECK(bench.send().state == effect_state::doubtful);
  const auto became = bench.resolve(bench.row);
  CHECK(became.state == effect_state::unknown);
  CHECK(became.note->find("run_1") != std::string::npos);
  CHECK(bench.resolve(bench.row, true).state == effect_state::unknown);
  CHECK(bench.wire->requests.size() == 1);
}

TEST_CASE("a single replay that had no effect is sent again or failed") {
  single_bench bench;
  bench.wire->refuse();
  CHECK(bench.send().state == effect_state::again);
  bench.wire->answer(429, "{}");
  CHECK(bench.send().state == effect_state::again);
  bench.wire->answer(404, R"({"error":"Resource not found"})", {{"x-should-retry", "false"}});
  const auto became = bench.send();
  CHECK(became.state == effect_state::failed);
  CHECK(bench.row.run.empty());
}

TEST_CASE("what came of a replayed run is told") {
  single_bench bench;
  bench.made();
  bench.wire->answer(200, run("run_new", "EXECUTING"));
  CHECK_FALSE(bench.look());
  SUBCASE("it succeeded") {
    bench.wire->answer(200, run("run_new", "COMPLETED"));
    const auto became = bench.look();
    CHECK(became->state == effect_state::done);
    CHECK(became->items_ok == 1);
  }
  SUBCASE("it failed, and success was waited for") {
    bench.job.wait.until = spec::wait_spec::goal::success;
    bench.wire->answer(200, run("run_new", "FAILED"));
    const auto became = bench.look();
    CHECK(became->state == effect_state::failed);
    CHECK(became->code == std::string(job::codes::run_failed.name));
    CHECK(became->items_bad == 1);
    CHECK(became->note->find("boom") != std::string::npos);
  }
  SUBCASE("it failed, and only its end was waited for") {
    bench.job.wait.until = spec::wait_spec::goal::settled;
    bench.wire->answer(200, run("run_new", "TIMED_OUT"));
    const auto became = bench.look();
    CHECK(became->state == effect_state::done);
    CHECK(became->items_bad == 1);
  }
}

TEST_CASE("a new run that cannot be read is given time before it is given up") {
  single_bench bench;
  bench.made();
  bench.wire->answer(404, R"({"error":"Not found"})", {{"x-should-retry", "true"}});
  CHECK_FALSE(bench.look());
  bench.wire->answer(500, "{}");
  CHECK_FALSE(bench.look());
  bench.time.advance(std::chrono::minutes(11));
  bench.wire->answer(500, "{}");
  CHECK_FALSE(bench.look());
  bench.wire->answer(404, R"({"error":"Not found"})", {{"x-should-retry", "true"}});
  SUBCASE("done when nobody waits") { CHECK(bench.look()->state == effect_state::done); }
  SUBCASE("unknown when somebody does") {
    bench.job.wait.until = spec::wait_spec::goal::settled;
    CHECK(bench.look()->state == effect_state::unknown);
  }
}

TEST_CASE("a wait for single runs ends in time, and cancels when asked to") {
  single_bench bench;
  bench.job.wait.until = spec::wait_spec::goal::success;
  bench.job.wait.timeout = milliseconds(60'000);
  bench.job.wait.cancel_on_timeout = true;
  bench.made();
  bench.time.advance(std::chrono::minutes(1));
  bench.wire->answer(200, run("run_new", "EXECUTING"));
  bench.wire->answer(200, R"({"id":"run_new"})");
  const auto became = bench.look();
  REQUIRE(became);
  CHECK(became->state == effect_state::failed);
  CHECK(became->code == std::string(job::codes::wait_timeout.name));
  CHECK(bench.asked().back() == "POST /api/v2/runs/run_new/cancel");
}

TEST_CASE("people are told once that a replayed run waits for a version") {
  single_bench bench;
  bench.made();
  bench.time.advance(std::chrono::seconds(11));
  bench.wire->answer(200, run("run_new", "PENDING_VERSION"));
  const auto became = bench.look();
  REQUIRE(became);
  CHECK(became->state == effect_state::waiting);
  CHECK(became->notice.find("sync") != std::string::npos);
  bench.wire->answer(200, run("run_new", "PENDING_VERSION"));
  CHECK_FALSE(bench.look());
}

TEST_CASE("many waiting runs cost one list and a few looks in turn") {
  single_bench bench;
  job::replay_memo memo;
  memo.watch = true;
  memo.last = bench.time.now();
  std::vector<store::action_row> waiting;
  for (std::uint64_t i = 0; i < 50; ++i) {
    waiting.push_back(bench.row_of(i, "run_" + std::to_string(i)));
    waiting.back().run = "new_" + std::to_string(i);
    waiting.back().memo = memo.text();
  }
  std::set<std::string> retrieved;
  bench.wire->otherwise([&](const test::net::request& request) {
    if (request.url.find("/api/v1/runs?") != std::string::npos)
      return test::scripted_transport::reply(
          200, runs_with({{"new_3", "COMPLETED"}, {"new_44", "FAILED"}, {"other", "COMPLETED"}}));
    retrieved.insert(request.url);
    return test::scripted_transport::reply(200, run("x", "EXECUTING"));
  });
  const auto first = bench.observe(waiting);
  REQUIRE(first.changes.size() == 2);
  CHECK(first.changes[0].number == 3);
  CHECK(first.changes[1].number == 44);
  CHECK(bench.wire->requests.size() == 1 + limits::run_looks);
  for (int i = 0; i < 5; ++i) {
    bench.time.advance(std::chrono::seconds(1));
    bench.observe(waiting);
  }
  CHECK(retrieved.size() == 48);
  // A list that fails leaves the looks.
  bench.wire->requests.clear();
  bench.wire->answer(500, "{}");
  CHECK(bench.observe(waiting).changes.empty());
  CHECK(bench.wire->requests.size() == 1 + limits::run_looks);
}
