// Runs that an earlier fire or attempt has replayed are left out.
#include "job/codes.hpp"
#include "unit/job/replay_plan_bench.hpp"

using namespace triggerd;
using test::numbered;
using test::page;
using test::replay_bench;
using lists = std::vector<std::vector<std::string>>;

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
