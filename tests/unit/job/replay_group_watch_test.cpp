// Named groups that were made: looked at until the bulk action and its new runs have ended.
#include "job/codes.hpp"
#include "unit/job/replay_group_bench.hpp"

#include <set>

using namespace triggerd;
using job::effect_state;
using nlohmann::json;
using test::group_bench;

namespace {

std::string bulk(const std::string& status, int total, int success, int failure) {
  return json{
      {"id", "bulk_1"}, {"status", status}, {"counts", {{"total", total}, {"success", success}, {"failure", failure}}}}
      .dump();
}

std::string runs(const std::vector<std::string>& statuses, const std::string& next = "") {
  json out = {{"data", json::array()}, {"pagination", json::object()}};
  for (std::size_t i = 0; i < statuses.size(); ++i)
    out["data"].push_back({{"id", "run_n" + std::to_string(i)}, {"status", statuses[i]}, {"taskIdentifier", "sync"}});
  if (!next.empty()) out["pagination"]["next"] = next;
  return out.dump();
}

}  // namespace

TEST_CASE("a group without followers is settled when the bulk action has ended") {
  group_bench bench;
  bench.made();
  bench.wire->answer(200, bulk("PENDING", 3, 1, 0));
  CHECK_FALSE(bench.look());
  bench.wire->answer(200, bulk("COMPLETED", 3, 3, 0));
  const auto became = bench.look();
  REQUIRE(became);
  CHECK(became->state == effect_state::done);
  CHECK(became->items_ok == 3);
  CHECK(became->items_bad == 0);
  CHECK(bench.wire->requests.size() == 2);
  CHECK(bench.row.note.find("3 replayed") != std::string::npos);
}

TEST_CASE("a group with failures is unknown: nobody says which runs they are") {
  group_bench bench;
  bench.made();
  SUBCASE("some could not be replayed") { bench.wire->answer(200, bulk("COMPLETED", 3, 2, 1)); }
  SUBCASE("it was ended early") { bench.wire->answer(200, bulk("ABORTED", 3, 2, 0)); }
  const auto became = bench.look();
  REQUIRE(became);
  CHECK(became->state == effect_state::unknown);
  CHECK(became->note->starts_with("1 of 3 could not be replayed; which ones the server does not say"));
  CHECK(became->items_ok == 2);
  CHECK(became->items_bad == 1);
  CHECK_FALSE(became->drop_body);
}

TEST_CASE("a group whose end cannot be seen") {
  group_bench bench;
  bench.made();
  SUBCASE("is looked at again after a failure that passes") {
    bench.wire->answer(500, "{}");
    CHECK_FALSE(bench.look());
    bench.wire->answer(401, "{}");
    CHECK_FALSE(bench.look());
  }
  SUBCASE("is unknown when the server will not say") {
    bench.wire->answer(403, "{}");
    const auto became = bench.look();
    REQUIRE(became);
    CHECK(became->state == effect_state::unknown);
  }
}

TEST_CASE("a watched group waits for its new runs, and makes room for the next one meanwhile") {
  group_bench bench;
  bench.watch();
  bench.made();
  bench.wire->answer(200, bulk("COMPLETED", 3, 3, 0));
  bench.wire->answer(200, runs({"QUEUED", "COMPLETED"}));
  auto became = bench.look();
  REQUIRE(became);
  CHECK(became->state == effect_state::waiting);
  CHECK(became->makes_room);
  CHECK(became->items_ok + became->items_bad == 0);
  // The bulk action itself is not asked for any more, also after a restart.
  bench.wire->requests.clear();
  bench.kind = job::make_replay_kind(bench.world);
  bench.wire->answer(200, runs({"FAILED", "COMPLETED"}));
  became = bench.look();
  REQUIRE(became);
  CHECK(became->state == effect_state::waiting);  // the list lags: one run is missing
  CHECK(became->makes_room);
  REQUIRE(bench.wire->requests.size() == 1);
  CHECK(bench.wire->requests[0].url.find("bulk_1") != std::string::npos);
  bench.wire->answer(200, runs({"FAILED", "COMPLETED"}, "c1"));
  bench.wire->answer(200, runs({"CANCELED"}));
  became = bench.look();
  REQUIRE(became);
  CHECK(became->state == effect_state::done);
  CHECK(bench.row.note == "3 replayed: 1 succeeded, 2 did not");
}

TEST_CASE("with a wait the new runs count, without one the replays") {
  group_bench bench;
  bench.watch();
  SUBCASE("wait") { bench.job.wait.until = spec::wait_spec::goal::success; }
  SUBCASE("no wait") {}
  bench.made();
  bench.wire->answer(200, bulk("COMPLETED", 3, 3, 0));
  bench.wire->answer(200, runs({"FAILED", "COMPLETED", "COMPLETED"}));
  const auto became = bench.look();
  REQUIRE(became);
  CHECK(became->state == effect_state::done);  // the engine holds the counts against wait.require
  const bool waits = bench.job.wait.until != spec::wait_spec::goal::none;
  CHECK(became->items_ok == (waits ? 2u : 3u));
  CHECK(became->items_bad == (waits ? 1u : 0u));
}

TEST_CASE("runs that never show in the list do not hold a group for ever") {
  group_bench bench;
  bench.watch();
  bench.made();
  bench.wire->answer(200, bulk("COMPLETED", 3, 3, 0));
  bench.wire->answer(200, runs({"COMPLETED", "COMPLETED"}));
  CHECK(bench.look()->state == effect_state::waiting);
  bench.time.advance(std::chrono::minutes(11));
  SUBCASE("without a wait it is done") {
    bench.wire->answer(200, runs({"COMPLETED", "COMPLETED"}));
    const auto became = bench.look();
    CHECK(became->state == effect_state::done);
    CHECK(became->note->find("1 new runs never showed") != std::string::npos);
  }
  SUBCASE("with one it is unknown") {
    bench.job.wait.until = spec::wait_spec::goal::settled;
    bench.wire->answer(200, runs({"COMPLETED", "COMPLETED"}));
    CHECK(bench.look()->state == effect_state::unknown);
  }
}

TEST_CASE("a list of new runs that fails is read again at the next look") {
  group_bench bench;
  bench.watch();
  bench.made();
  bench.wire->answer(200, bulk("COMPLETED", 3, 3, 0));
  bench.wire->answer(500, "{}");
  auto became = bench.look();
  REQUIRE(became);
  CHECK(became->state == effect_state::waiting);
  CHECK(job::replay_memo::read(bench.row.memo).success == 3);
  bench.wire->answer(200, runs({"COMPLETED"}, "c1"));
  bench.wire->break_off();
  CHECK(bench.look()->state == effect_state::waiting);
  bench.wire->answer(200, runs({"COMPLETED", "COMPLETED", "COMPLETED"}));
  CHECK(bench.look()->state == effect_state::done);
}

TEST_CASE("a wait that takes too long ends, and cancels what still goes when asked to") {
  group_bench bench;
  bench.watch();
  bench.job.wait.until = spec::wait_spec::goal::settled;
  bench.job.wait.timeout = milliseconds(600'000);
  bench.job.wait.cancel_on_timeout = true;
  bench.made();
  bench.wire->answer(200, bulk("COMPLETED", 3, 3, 0));
  bench.wire->answer(200, runs({"EXECUTING", "COMPLETED", "EXECUTING"}));
  CHECK(bench.look()->state == effect_state::waiting);
  bench.time.advance(std::chrono::minutes(10));
  bench.wire->requests.clear();
  bench.wire->answer(200, runs({"EXECUTING", "COMPLETED", "EXECUTING"}));
  bench.wire->answer(202, R"({"id":"bulk_2"})");
  const auto became = bench.look();
  REQUIRE(became);
  CHECK(became->state == effect_state::failed);
  CHECK(became->code == std::string(job::codes::wait_timeout.name));
  CHECK(became->items_ok == 1);
  CHECK(became->items_bad == 2);
  REQUIRE(bench.wire->requests.size() == 2);
  CHECK(bench.sent(1)["action"] == "cancel");
  CHECK(bench.sent(1)["runIds"] == json{"run_n0", "run_n2"});
}

TEST_CASE("people are told once that new runs wait for a version") {
  group_bench bench;
  bench.watch();
  bench.made();
  bench.wire->answer(200, bulk("COMPLETED", 3, 3, 0));
  const auto stuck = runs({"PENDING_VERSION", "PENDING_VERSION", "COMPLETED"});
  bench.wire->answer(200, stuck);
  CHECK(bench.look()->notice.empty());
  bench.time.advance(std::chrono::seconds(11));
  bench.wire->answer(200, stuck);
  CHECK(bench.look()->notice.find("2 replayed runs of bulk_1") != std::string::npos);
  bench.wire->answer(200, stuck);
  CHECK(bench.look()->notice.empty());
}

TEST_CASE("of many ended groups a few are looked at in turn, and all of them come") {
  group_bench bench;
  bench.watch();
  job::replay_memo memo;
  memo.watch = true;
  memo.last = memo.ended = bench.time.now();
  memo.success = 3;
  std::vector<store::action_row> waiting;
  for (int i = 0; i < 8; ++i) {
    waiting.push_back(bench.row);
    waiting.back().number = static_cast<std::uint64_t>(i);
    waiting.back().run = "bulk_" + std::to_string(i);
    waiting.back().memo = memo.text();
  }
  bench.wire->otherwise([](const auto&) { return test::scripted_transport::reply(200, runs({"EXECUTING"})); });
  std::set<std::string> listed;
  for (int look = 0; look < 8; ++look) {
    bench.wire->requests.clear();
    const auto seen = bench.observe(waiting);
    CHECK(seen.changes.size() == 8);  // each says again that it makes room
    CHECK(bench.wire->requests.size() == 2);
    for (const auto& request : bench.wire->requests) listed.insert(request.url);
    bench.time.advance(std::chrono::seconds(1));
  }
  CHECK(listed.size() == 8);
}

TEST_CASE("looks are frequent for what is young and seldom for what is old") {
  group_bench bench;
  bench.made();
  bench.wire->answer(200, bulk("PENDING", 3, 0, 0));
  CHECK(bench.observe({bench.row}).look_again == milliseconds(1'000));
  bench.time.advance(std::chrono::minutes(1));
  bench.wire->answer(200, bulk("PENDING", 3, 0, 0));
  CHECK(bench.observe({bench.row}).look_again == milliseconds(6'000));
  bench.time.advance(std::chrono::hours(10));
  bench.wire->answer(200, bulk("PENDING", 3, 0, 0));
  CHECK(bench.observe({bench.row}).look_again == milliseconds(15'000));
}

TEST_CASE("a memo that is damaged is as if never written") {
  job::replay_memo memo;
  memo.watch = true;
  memo.first = memo.last = memo.ended = instant(milliseconds(5));
  memo.success = 2;
  memo.failure = 1;
  memo.noticed = true;
  CHECK(job::replay_memo::read(memo.text()) == memo);
  for (const char* text : {"", "[]", "{", R"({"watch":1,"first":"x","success":-1})"})
    CHECK(job::replay_memo::read(text) == job::replay_memo());
}
