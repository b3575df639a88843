// Named groups: made once, and found again by name when the answer was lost.
#include "job/bulk_search.hpp"
#include "job/codes.hpp"
#include "unit/job/replay_group_bench.hpp"

using namespace triggerd;
using job::effect_state;
using nlohmann::json;
using test::group_bench;

namespace {

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
