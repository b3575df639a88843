// Named groups: made once, found again by name, and watched until their runs have ended.
#include "base/text.hpp"
#include "job/bulk_search.hpp"
#include "job/codes.hpp"
#include "job/replay_memo.hpp"
#include "unit/job/kind_bench.hpp"

using namespace triggerd;
using job::effect_state;
using nlohmann::json;

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

struct group_bench : test::kind_bench {
  group_bench() {
    spec::replay_spec how;
    how.select.from = "-2h";
    how.select.to = "-1h";
    job.what = how;
    kind = job::make_replay_kind(world);
    action.row.kind = "bulk-replay";
    action.row.key = "td:fire:aa:3";
    action.row.body = R"(["run_1","run_2","run_3"])";
    action.row.items = 3;
    action.once = true;
    row = action.row;
    row.fire = fire.id;
    row.target = target.name;
    row.number = 3;
    row.intended = time.now();
  }
  void watch() {
    job::replay_memo memo;
    memo.watch = true;
    row.memo = memo.text();
  }
  job::effect send() {
    auto became = apply(row, action);
    settle(row, became);
    return became;
  }
  // Made and waiting.
  void made() {
    wire->answer(202, R"({"id":"bulk_1"})");
    REQUIRE(send().state == effect_state::waiting);
    wire->requests.clear();
  }
  std::optional<job::effect> look() {
    auto seen = observe({row});
    if (seen.changes.empty()) return std::nullopt;
    REQUIRE(seen.changes.size() == 1);
    CHECK(seen.changes[0].number == 3);
    settle(row, seen.changes[0].what);
    return seen.changes[0].what;
  }
  std::string entry(const std::string& id, const std::string& name, milliseconds before) const {
    json out = {{"id", id},
                {"status", "COMPLETED"},
                {"counts", {{"total", 3}, {"success", 3}, {"failure", 0}}},
                {"createdAt", text::iso(row.intended - before)}};
    if (!name.empty()) out["name"] = name;
    return out.dump();
  }
  static std::string list(const std::vector<std::string>& entries, const std::string& next = "") {
    json out = {{"data", json::array()}, {"pagination", json::object()}};
    for (const auto& one : entries) out["data"].push_back(json::parse(one));
    if (!next.empty()) out["pagination"]["next"] = next;
    return out.dump();
  }
  // Sent, and the answer was lost.
  void lose() {
    wire->break_off();
    REQUIRE(send().state == effect_state::doubtful);
    wire->requests.clear();
  }

  job::planned_action action;
  store::action_row row;
};

constexpr auto minute = milliseconds(60'000);

}  // namespace

TEST_CASE("a group is made under its name and waited for") {
  group_bench bench;
  bench.wire->answer(202, R"({"id":"bulk_1"})");
  const auto became = bench.send();
  CHECK(became.state == effect_state::waiting);
  CHECK(became.run == "bulk_1");
  CHECK_FALSE(became.drop_body);
  CHECK_FALSE(became.makes_room);
  CHECK(bench.asked() == std::vector<std::string>{"POST /api/v1/bulk-actions"});
  CHECK(bench.sent(0) == json{{"action", "replay"}, {"runIds", {"run_1", "run_2", "run_3"}}, {"name", "td:fire:aa:3"}});
}

TEST_CASE("a group that could not be made says what comes next") {
  group_bench bench;
  SUBCASE("not sent: again") {
    bench.wire->refuse();
    CHECK(bench.send().state == effect_state::again);
  }
  SUBCASE("three are running: a wait that does not count, whatever x-should-retry says") {
    bench.wire->answer(429, R"({"error":"Too many"})", {{"x-should-retry", "false"}});
    const auto became = bench.send();
    CHECK(became.state == effect_state::again);
    CHECK(became.free_retry);
    REQUIRE(became.why);
    CHECK(became.why->kind == api::failure_kind::throttled);
    REQUIRE(became.why->wait);
    CHECK(*became.why->wait >= milliseconds(1'000));
  }
  SUBCASE("refused: failed, and nothing waits") {
    bench.wire->answer(400, R"({"error":"Validation error"})");
    const auto became = bench.send();
    CHECK(became.state == effect_state::failed);
    CHECK(bench.row.run.empty());
  }
  SUBCASE("no answer: doubtful") {
    bench.wire->break_off();
    CHECK(bench.send().state == effect_state::doubtful);
  }
  SUBCASE("a server error: doubtful") {
    bench.wire->answer(500, "{}");
    CHECK(bench.send().state == effect_state::doubtful);
  }
  SUBCASE("an answer that cannot be read: doubtful") {
    bench.wire->answer(202, "not json");
    CHECK(bench.send().state == effect_state::doubtful);
  }
  SUBCASE("no ids: failed without a request") {
    bench.action.row.body.clear();
    CHECK(bench.send().state == effect_state::failed);
    CHECK(bench.wire->requests.empty());
  }
}

TEST_CASE("a lost group is found by its name") {
  group_bench bench;
  bench.lose();
  bench.wire->answer(200, group_bench::list({bench.entry("bulk_9", "someone", milliseconds(0)),
                                             bench.entry("bulk_7", "td:fire:aa:3", milliseconds(0))}));
  const auto became = bench.resolve(bench.row);
  CHECK(became.state == effect_state::waiting);
  CHECK(became.run == "bulk_7");
}

TEST_CASE("a lost group that the list lacks is sent again, but not at once") {
  group_bench bench;
  bench.lose();
  const auto nothing_of_ours = group_bench::list({bench.entry("bulk_9", "someone", 10 * minute)});
  bench.wire->answer(200, nothing_of_ours);
  CHECK(bench.resolve(bench.row).state == effect_state::pending);
  bench.time.advance(std::chrono::seconds(6));
  bench.wire->answer(200, nothing_of_ours);
  CHECK(bench.resolve(bench.row).state == effect_state::again);
  // Lost once more, and this time it was made.
  bench.lose();
  bench.wire->answer(200, group_bench::list({bench.entry("bulk_7", "td:fire:aa:3", milliseconds(0))}));
  CHECK(bench.resolve(bench.row).state == effect_state::waiting);
}

TEST_CASE("after a restart the search goes back to when the group was planned") {
  group_bench bench;
  bench.row.tries = 1;
  bench.time.advance(std::chrono::hours(1));
  bench.kind = job::make_replay_kind(bench.world);  // the next process
  const auto page = group_bench::list({bench.entry("bulk_9", "someone", -30 * minute)}, "c1");
  const auto last = group_bench::list({bench.entry("bulk_8", "someone", 30 * minute)}, "c2");
  bench.wire->answer(200, page);
  bench.wire->answer(200, last);
  CHECK(bench.resolve(bench.row, true).state == effect_state::pending);
  bench.time.advance(std::chrono::seconds(6));
  bench.wire->answer(200, page);
  bench.wire->answer(200, last);
  CHECK(bench.resolve(bench.row, true).state == effect_state::again);
  CHECK(bench.asked()[1].find("c1") != std::string::npos);
}

TEST_CASE("after a restart a group may be on the wire that no memo tells of") {
  group_bench bench;
  bench.lose();
  bench.time.advance(std::chrono::minutes(1));
  bench.kind = job::make_replay_kind(bench.world);  // the next process
  bench.wire->answer(200, group_bench::list({}));
  CHECK(bench.resolve(bench.row, true).state == effect_state::pending);
  bench.time.advance(std::chrono::seconds(6));
  bench.wire->answer(200, group_bench::list({}));
  CHECK(bench.resolve(bench.row, true).state == effect_state::again);
}

TEST_CASE("a server that shows no names makes a lost group unknown") {
  group_bench bench;
  bench.lose();
  bench.time.advance(std::chrono::minutes(1));
  SUBCASE("when something newer may be it") {
    bench.wire->answer(200, group_bench::list({bench.entry("bulk_9", "", milliseconds(0))}));
    const auto became = bench.resolve(bench.row);
    CHECK(became.state == effect_state::unknown);
    CHECK(became.code == std::string(job::codes::unknown_effect.name));
    CHECK(became.note->find("td:fire:aa:3") != std::string::npos);
    CHECK_FALSE(became.drop_body);
  }
  SUBCASE("but not when everything is older than it") {
    bench.wire->answer(200, group_bench::list({bench.entry("bulk_9", "", 10 * minute)}));
    CHECK(bench.resolve(bench.row).state == effect_state::again);
  }
  SUBCASE("nor when there is nothing") {
    bench.wire->answer(200, group_bench::list({}));
    CHECK(bench.resolve(bench.row).state == effect_state::again);
  }
}

TEST_CASE("an earlier group of the same leg ends the search") {
  group_bench bench;
  bench.lose();
  bench.time.advance(std::chrono::minutes(1));
  bench.wire->answer(200, group_bench::list({bench.entry("bulk_2", "td:fire:aa:2", milliseconds(0))}, "more"));
  CHECK(bench.resolve(bench.row).state == effect_state::again);
  CHECK(bench.wire->requests.size() == 1);
}

TEST_CASE("the search is bounded and says so") {
  group_bench bench;
  bench.lose();
  bench.time.advance(std::chrono::minutes(1));
  SUBCASE("a cursor that comes again") {
    bench.wire->otherwise([&bench](const auto&) {
      return test::scripted_transport::reply(200, group_bench::list({bench.entry("b", "x", milliseconds(0))}, "same"));
    });
    CHECK(bench.resolve(bench.row).state == effect_state::unknown);
    CHECK(bench.wire->requests.size() == 2);
  }
  SUBCASE("pages without end") {
    int page = 0;
    bench.wire->otherwise([&bench, &page](const auto&) {
      return test::scripted_transport::reply(
          200, group_bench::list({bench.entry("b", "x", milliseconds(0))}, "c" + std::to_string(++page)));
    });
    CHECK(bench.resolve(bench.row).state == effect_state::unknown);
    CHECK(page <= 20);
  }
}

TEST_CASE("a search that fails is made again, unless it is refused for good") {
  group_bench bench;
  bench.lose();
  bench.wire->answer(503, "{}");
  CHECK(bench.resolve(bench.row).state == effect_state::pending);
  bench.wire->break_off();
  CHECK(bench.resolve(bench.row).state == effect_state::pending);
  bench.wire->answer(429, "{}");
  CHECK(bench.resolve(bench.row).state == effect_state::pending);
  bench.wire->answer(403, "{}");
  CHECK(bench.resolve(bench.row).state == effect_state::unknown);
}

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
