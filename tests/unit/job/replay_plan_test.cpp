// Which runs a replay plans, and what stops it before anything is started.
#include "base/text.hpp"
#include "job/codes.hpp"
#include "job/replay_memo.hpp"
#include "unit/job/kind_bench.hpp"

using namespace triggerd;
using nlohmann::json;

namespace {

std::string page(const std::vector<std::string>& ids, const std::string& next = "") {
  json out = {{"data", json::array()}, {"pagination", json::object()}};
  for (const auto& id : ids) out["data"].push_back({{"id", id}, {"status", "FAILED"}, {"taskIdentifier", "sync"}});
  if (!next.empty()) out["pagination"]["next"] = next;
  return out.dump();
}

std::vector<std::string> numbered(int from, int to) {
  std::vector<std::string> out;
  for (int i = from; i <= to; ++i) out.push_back("run_" + std::to_string(i));
  return out;
}

struct replay_bench : test::kind_bench {
  replay_bench() {
    how.select.from = "-2h";
    how.select.to = "-1h";
    how.group = 2;
    kind = job::make_replay_kind(world);
  }
  test::planned plan() {
    job.what = how;
    return kind_bench::plan();
  }
  void answer(const std::string& body) { wire->answer(200, body); }
  std::vector<std::vector<std::string>> groups(const test::planned& of) const {
    std::vector<std::vector<std::string>> out;
    for (const auto& action : of.actions) out.push_back(json::parse(action.row.body).get<std::vector<std::string>>());
    return out;
  }
  spec::replay_spec how;
};

using names = std::vector<std::string>;
using lists = std::vector<names>;

}  // namespace

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

TEST_CASE("once leaves out what another fire has replayed") {
  replay_bench bench;
  bench.how.once = true;
  bench.answer(page(numbered(1, 4)));
  const auto first = bench.plan();
  REQUIRE(first.actions.size() == 2);
  REQUIRE(first.actions[0].remember.size() == 2);
  CHECK(first.actions[0].remember[0].space == "replayed:nightly:shop-prod");
  auto rows = bench.write(first);

  bench.fire.id = "01j000000000000000000000bb";
  SUBCASE("also while that fire has not sent it yet") {
    bench.answer(page(numbered(1, 6)));
    const auto second = bench.plan();
    CHECK(bench.groups(second) == lists{{"run_6", "run_5"}});
    CHECK(second.has_note("4 of them were replayed before"));
  }
  SUBCASE("but not what it gave up before it was sent") {
    rows[1].state = store::action_state::cancelled;
    bench.ledger.put(rows[1]);
    bench.answer(page(numbered(1, 4)));
    CHECK(bench.groups(bench.plan()) == lists{{"run_2", "run_1"}});
  }
  SUBCASE("nor what the server refused") {
    rows[0].state = store::action_state::failed;
    bench.ledger.put(rows[0]);
    bench.answer(page(numbered(1, 4)));
    CHECK(bench.groups(bench.plan()) == lists{{"run_4", "run_3"}});
  }
  SUBCASE("what failed after it was made counts as replayed, and what nobody knows too") {
    rows[0].state = store::action_state::failed;
    rows[0].run = "bulk_1";
    rows[1].state = store::action_state::unknown;
    for (const auto& row : rows) bench.ledger.put(row);
    bench.answer(page(numbered(1, 4)));
    CHECK(bench.plan().actions.empty());
  }
  SUBCASE("another target's memory is another") {
    bench.target.name = "crm-prod";
    bench.answer(page(numbered(1, 4)));
    CHECK(bench.plan().actions.size() == 2);
  }
  SUBCASE("without it nothing is looked up") {
    bench.how.once = false;
    bench.answer(page(numbered(1, 4)));
    CHECK(bench.plan().actions.size() == 2);
  }
}

TEST_CASE("a fire whose rows are gone still counts for once") {
  replay_bench bench;
  bench.how.once = true;
  store::memory_row row;
  row.space = "replayed:nightly:shop-prod";
  row.name = "run_2";
  row.value = "td:long-ago:aa:0";
  row.fire = "long-ago";
  bench.remember(row);
  bench.answer(page(numbered(1, 3)));
  CHECK(bench.groups(bench.plan()) == lists{{"run_3", "run_1"}});
}

TEST_CASE("a later attempt of a fire leaves out what an earlier one replayed") {
  replay_bench bench;
  bench.answer(page(numbered(1, 6)));
  const auto first = bench.plan();
  auto rows = bench.write(first);
  REQUIRE(rows.size() == 3);
  rows[0].state = store::action_state::done;
  rows[0].run = "bulk_1";
  rows[1].state = store::action_state::unknown;
  rows[2].state = store::action_state::failed;
  for (const auto& row : rows) bench.ledger.put(row);
  bench.attempt = 2;
  bench.first_number = 3;
  SUBCASE("and takes what was refused") {
    bench.answer(page(numbered(1, 6)));
    const auto second = bench.plan();
    CHECK(bench.groups(second) == lists{{"run_2", "run_1"}});
    CHECK(second.has_note("4 of them were taken by an earlier attempt"));
  }
  SUBCASE("and refuses to guess when an action no longer says which runs it had") {
    rows[1].body.clear();
    bench.ledger.put(rows[1]);
    bench.answer(page(numbered(1, 6)));
    const auto second = bench.plan();
    REQUIRE(second.trouble);
    CHECK(second.trouble->code == job::codes::unknown_effect);
    CHECK(second.actions.empty());
  }
}

TEST_CASE("a ledger that cannot be read ends the plan before anything is planned") {
  replay_bench bench;
  bench.how.once = true;
  bench.answer(page(numbered(1, 3)));
  bench.ledger.crash();
  const auto planned = bench.plan();
  REQUIRE(planned.trouble);
  CHECK(planned.actions.empty());
}

TEST_CASE("a cancelled plan reads no further") {
  replay_bench bench;
  bench.cancel.request();
  const auto planned = bench.plan();
  REQUIRE(planned.trouble);
  CHECK(planned.trouble->code == codes::cancelled);
  CHECK(bench.wire->requests.empty());
}

TEST_CASE("many ids are looked up in steps") {
  replay_bench bench;
  bench.how.once = true;
  bench.how.group = 500;
  bench.how.in_flight = 1'000;
  for (int i = 0; i < 12; ++i)
    bench.answer(page(numbered(i * 100 + 1, i * 100 + 100), i == 11 ? "" : "c" + std::to_string(i)));
  auto planned = bench.plan();
  REQUIRE(planned.actions.size() == 3);
  CHECK(planned.actions[0].row.items == 500);
  CHECK(planned.actions[2].row.items == 200);
  bench.write(planned);
  bench.fire.id = "01j000000000000000000000bb";
  for (int i = 0; i < 12; ++i)
    bench.answer(page(numbered(i * 100 + 1, i * 100 + 100), i == 11 ? "" : "c" + std::to_string(i)));
  planned = bench.plan();
  CHECK(planned.actions.empty());
  CHECK(planned.has_note("1200 of them were replayed before"));
}
