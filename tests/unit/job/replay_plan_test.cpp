// Which runs a replay plans, and what stops it before anything is started.
#include "job/codes.hpp"
#include "job/replay_memo.hpp"
#include "unit/job/replay_plan_bench.hpp"

using namespace triggerd;
using test::numbered;
using test::page;
using test::replay_bench;
using names = std::vector<std::string>;
using lists = std::vector<names>;

TEST_CASE("a replay lists the selected runs and plans groups, oldest first") {
  replay_bench bench;
  bench.how.select.status = {"failed", "CRASHED"};
  bench.how.select.task = {"sync-{{ vars.what }}"};
  bench.how.select.queue = {"task/sync"};
  bench.how.select.test = false;
  bench.fire.vars = R"({"vars":{"what":"orders"}})";
  bench.answer(page({"run_5", "run_4"}, "c1"));
  bench.answer(page({"run_3", "run_2", "run_1"}));
  const auto planned = bench.plan();
  REQUIRE_FALSE(planned.trouble);
  CHECK(bench.groups(planned) == lists{{"run_1", "run_2"}, {"run_3", "run_4"}, {"run_5"}});
  CHECK(planned.has_note("5 runs between"));

  REQUIRE(bench.wire->requests.size() == 2);
  const std::string& url = bench.wire->requests[0].url;
  CHECK(url.find("FAILED%2CCRASHED") != std::string::npos);
  CHECK(url.find("sync-orders") != std::string::npos);
  CHECK(url.find("false") != std::string::npos);
  const auto from = bench.fire.due - std::chrono::hours(2);
  CHECK(url.find(std::to_string(from.time_since_epoch().count())) != std::string::npos);
  CHECK(bench.wire->requests[1].url.find("c1") != std::string::npos);
  CHECK(bench.wire->requests[1].url.find("sync-orders") != std::string::npos);
}

TEST_CASE("each group is a named action that is never sent twice") {
  replay_bench bench;
  bench.first_number = 7;
  bench.answer(page(numbered(1, 3)));
  const auto planned = bench.plan();
  REQUIRE(planned.actions.size() == 2);
  const auto& first = planned.actions[0];
  CHECK(first.row.kind == "bulk-replay");
  CHECK(first.once);
  CHECK_FALSE(first.volatile_body);
  CHECK(first.row.items == 2);
  CHECK(first.row.key.starts_with("td:" + bench.fire.id + ":"));
  CHECK(first.row.key.ends_with(":7"));
  CHECK(planned.actions[1].row.key.ends_with(":8"));
  CHECK(first.remember.empty());
  CHECK(planned.ops() == names{"replay 2 runs, run_3 to run_2", "replay run_1"});
}

TEST_CASE("newest first turns the order, and single mode makes an action of each run") {
  replay_bench bench;
  bench.how.newest_first = true;
  bench.answer(page(numbered(1, 3)));
  CHECK(bench.groups(bench.plan()) == lists{{"run_1", "run_2"}, {"run_3"}});

  bench.how.single = true;
  bench.how.newest_first = false;
  bench.answer(page(numbered(1, 3)));
  const auto planned = bench.plan();
  REQUIRE(planned.actions.size() == 3);
  CHECK(planned.actions[0].row.subject == "run_3");
  CHECK(planned.actions[0].row.kind == "replay");
  CHECK(planned.actions[0].once);
  CHECK(planned.actions[2].row.subject == "run_1");
}

TEST_CASE("the pace bounds what is open") {
  replay_bench bench;
  bench.how.in_flight = 40;
  bench.how.pace = spec::rate{25, milliseconds(1'000)};
  bench.job.what = bench.how;
  auto pace = bench.kind->pace(bench.leg());
  CHECK(pace.whole);
  CHECK(pace.concurrent == 1);
  CHECK(pace.open_actions == 2);
  CHECK(pace.open_items == 40);
  CHECK(pace.shared == "bulk:env_test");
  CHECK(pace.items == bench.how.pace);
  bench.how.single = true;
  bench.job.what = bench.how;
  pace = bench.kind->pace(bench.leg());
  CHECK(pace.whole);
  CHECK(pace.concurrent > 1);
  CHECK_FALSE(pace.open_actions);
  CHECK(pace.open_items == 40);
}

TEST_CASE("a group never holds more than may be in flight") {
  replay_bench bench;
  bench.how.group = 25;
  bench.how.in_flight = 2;
  bench.answer(page(numbered(1, 5)));
  const auto planned = bench.plan();
  CHECK(bench.groups(planned) == lists{{"run_5", "run_4"}, {"run_3", "run_2"}, {"run_1"}});
  CHECK(planned.has_note("in_flight allows no more"));
}

TEST_CASE("new runs are watched only when something waits for them") {
  const auto watched = [](replay_bench& bench) {
    bench.answer(page(numbered(1, 4)));
    const auto planned = bench.plan();
    REQUIRE_FALSE(planned.actions.empty());
    return job::replay_memo::read(planned.actions[0].row.memo).watch;
  };
  replay_bench bench;
  bench.how.in_flight = 4;
  CHECK_FALSE(watched(bench));
  bench.how.in_flight = 3;
  CHECK(watched(bench));
  bench.how.in_flight = 4;
  bench.job.wait.until = spec::wait_spec::goal::settled;
  CHECK(watched(bench));
}

TEST_CASE("`to` keeps its distance from the fire") {
  replay_bench bench;
  bench.how.select.to = "-5s";
  bench.answer(page({}));
  const auto planned = bench.plan();
  REQUIRE_FALSE(planned.trouble);
  CHECK(planned.has_note("pulled back"));
  const auto latest = bench.fire.due - std::chrono::seconds(60);
  CHECK(bench.wire->requests.at(0).url.find(std::to_string(latest.time_since_epoch().count())) != std::string::npos);
}

TEST_CASE("a selection that says something else than was written is refused before any request") {
  replay_bench bench;
  const auto refused = [&bench] {
    const auto planned = bench.plan();
    REQUIRE(planned.trouble);
    CHECK(bench.wire->requests.empty());
    return *planned.trouble;
  };
  SUBCASE("an instant that cannot be read") {
    bench.how.select.from = "yesterday";
    CHECK(refused().code == job::codes::guard);
  }
  SUBCASE("an empty time range") {
    bench.how.select.from = "-1m";
    CHECK(refused().message.find("does not lie before") != std::string::npos);
  }
  SUBCASE("a filter that renders to nothing") {
    bench.fire.vars = R"({"vars":{"what":""}})";
    bench.how.select.task = {"{{ vars.what }}"};
    CHECK(refused().message.find("select.task") != std::string::npos);
  }
  SUBCASE("a filter that would become two") {
    bench.fire.vars = R"({"vars":{"what":"a,b"}})";
    bench.how.select.tag = {"{{ vars.what }}"};
    CHECK(refused().code == job::codes::guard);
  }
  SUBCASE("a variable without a value") {
    bench.how.select.schedule = "{{ vars.nothing }}";
    CHECK(refused().message.find("select.schedule") != std::string::npos);
  }
}

TEST_CASE("the count is held against what the job expects before anything is planned") {
  replay_bench bench;
  SUBCASE("too few") {
    bench.how.expect_min = 4;
    bench.answer(page(numbered(1, 3)));
    const auto planned = bench.plan();
    REQUIRE(planned.trouble);
    CHECK(planned.trouble->code == job::codes::expectation);
    CHECK(planned.actions.empty());
  }
  SUBCASE("too many: the rest is not even listed") {
    bench.how.expect_max = 3;
    bench.answer(page(numbered(1, 4), "more"));
    const auto planned = bench.plan();
    REQUIRE(planned.trouble);
    CHECK(planned.trouble->code == job::codes::expectation);
    CHECK(planned.actions.empty());
    CHECK(bench.wire->requests.size() == 1);
  }
  SUBCASE("exactly at the bounds") {
    bench.how.expect_min = 3;
    bench.how.expect_max = 3;
    bench.answer(page(numbered(1, 3)));
    CHECK(bench.plan().actions.size() == 2);
  }
  SUBCASE("none at all is fine when none is expected") {
    bench.answer(page({}));
    const auto planned = bench.plan();
    CHECK_FALSE(planned.trouble);
    CHECK(planned.actions.empty());
  }
}

TEST_CASE("a list may have empty pages and repeat a run, but must end") {
  replay_bench bench;
  SUBCASE("an empty page in between") {
    bench.answer(page({"run_2"}, "c1"));
    bench.answer(page({}, "c2"));
    bench.answer(page({"run_2", "run_1"}));
    CHECK(bench.groups(bench.plan()) == lists{{"run_1", "run_2"}});
  }
  SUBCASE("a cursor that comes again") {
    bench.answer(page({"run_2"}, "c1"));
    bench.answer(page({"run_1"}, "c2"));
    bench.answer(page({}, "c1"));
    const auto planned = bench.plan();
    REQUIRE(planned.trouble);
    CHECK(planned.trouble->message.find("does not end") != std::string::npos);
    CHECK(planned.actions.empty());
  }
}

TEST_CASE("a page that fails is read again as the target's policy says, and no other page is") {
  replay_bench bench;
  bench.answer(page({"run_2"}, "c1"));
  SUBCASE("until it comes") {
    bench.wire->answer(500, "{}");
    bench.wire->break_off();
    bench.answer(page({"run_1"}));
    const auto planned = bench.plan();
    REQUIRE_FALSE(planned.trouble);
    CHECK(planned.waits.size() == 2);
    CHECK(bench.groups(planned) == lists{{"run_1", "run_2"}});
    CHECK(bench.wire->requests.size() == 4);
    CHECK(bench.wire->requests[1].url == bench.wire->requests[3].url);
  }
  SUBCASE("or not") {
    for (int i = 0; i < 3; ++i) bench.wire->answer(503, "{}");
    const auto planned = bench.plan();
    REQUIRE(planned.trouble);
    CHECK(planned.waits.size() == 2);
    CHECK(planned.actions.empty());
  }
  SUBCASE("a used up budget is waited for, however often") {
    for (int i = 0; i < 10; ++i) bench.wire->answer(429, R"({"error":"Rate limit exceeded"})");
    bench.answer(page({"run_1"}));
    const auto planned = bench.plan();
    REQUIRE_FALSE(planned.trouble);
    CHECK(planned.waits.size() == 10);
  }
  SUBCASE("a refusal is final") {
    bench.wire->answer(403, R"({"error":"Unauthorized"})");
    const auto planned = bench.plan();
    REQUIRE(planned.trouble);
    CHECK(planned.waits.empty());
  }
}

TEST_CASE("a cancelled plan reads no further") {
  replay_bench bench;
  bench.cancel.request();
  const auto planned = bench.plan();
  REQUIRE(planned.trouble);
  CHECK(planned.trouble->code == codes::cancelled);
  CHECK(bench.wire->requests.empty());
}
