// Actions in a ledger: what is listed, changed, counted and found again.
#include "unit/store/world.hpp"

using namespace triggerd;
using namespace triggerd::test;

TEST_CASE_TEMPLATE("actions come back in order, from a number, at most so many", World, BOTH_LEDGERS) {
  World w;
  for (const char* target : {"t", "other"}) w.book().put(a_leg("f", target));
  for (const std::uint64_t n : {3u, 1u, 0u, 2u, 10u}) w.book().put(an_action("f", "t", n));
  w.book().put(an_action("f", "other", 4));
  const auto some = w.run(w.book().actions("f", "t", 1, 3, false)).value();
  REQUIRE(some.size() == 3);
  CHECK(some[0] == an_action("f", "t", 1));
  CHECK(some[1].number == 2);
  CHECK(some[2].number == 3);
  CHECK(w.run(w.book().actions("f", "t", 11, 3, false)).value().empty());
}

TEST_CASE_TEMPLATE("only unsettled actions are listed when asked", World, BOTH_LEDGERS) {
  World w;
  w.book().put(a_leg("f", "t"));
  w.book().put(an_action("f", "t", 0, action_state::done));
  w.book().put(an_action("f", "t", 1, action_state::intended));
  w.book().put(an_action("f", "t", 2, action_state::waiting));
  w.book().put(an_action("f", "t", 3, action_state::intended));
  action_change settled = a_change("f", "t", 3);
  settled.state = action_state::unknown;
  w.book().change(settled);
  const auto open = w.run(w.book().actions("f", "t", 0, 100, true)).value();
  REQUIRE(open.size() == 2);
  CHECK(open[0].number == 1);
  CHECK(open[1].number == 2);
  CHECK(w.run(w.book().actions("f", "t", 2, 100, true)).value().size() == 1);
}

TEST_CASE_TEMPLATE("a change sets what it names and leaves the rest", World, BOTH_LEDGERS) {
  World w;
  w.book().put(a_leg("f", "t"));
  action_row row = an_action("f", "t", 5);
  row.spool = "chunk-5";
  w.book().put(row);
  action_change change = a_change("f", "t", 5);
  change.tries = 4;
  change.note = "";
  w.book().change(change);
  row.tries = 4;
  row.note = "";
  CHECK(w.run(w.book().actions("f", "t", 5, 1, false)).value().at(0) == row);

  change = a_change("f", "t", 5);
  change.state = action_state::failed;
  change.memo = "m";
  change.run = "run_9";
  change.code = "c";
  change.key = "k2";
  change.body = "ignored when the body is dropped";
  change.drop_body = true;
  change.settled = at_ms(99);
  w.book().change(change);
  row.state = action_state::failed;
  row.memo = "m";
  row.run = "run_9";
  row.code = "c";
  row.key = "k2";
  row.body = "";
  row.spool = "";
  row.settled = at_ms(99);
  w.restart();
  CHECK(w.run(w.book().actions("f", "t", 5, 1, false)).value().at(0) == row);

  change = a_change("f", "t", 5);
  change.body = "new";
  w.book().change(change);
  row.body = "new";
  CHECK(w.run(w.book().actions("f", "t", 5, 1, false)).value().at(0) == row);

  change.number = 6;  // nobody has this number
  w.book().change(change);
  CHECK(w.run(w.book().commit()).has_value());
  CHECK(w.run(w.book().actions("f", "t", 0, 9, false)).value().size() == 1);
}

TEST_CASE_TEMPLATE("a run leads back to the action intended last that it came of", World, BOTH_LEDGERS) {
  World w;
  std::int64_t at = 0;
  for (const char* fire : {"f1", "f3", "f2"}) {
    w.book().put(a_leg(fire, "t"));
    action_row made = an_action(fire, "t", 0, action_state::done);
    made.intended = at_ms(++at);
    made.run = "run_same";
    w.book().put(made);
  }
  w.book().put(a_leg("f4", "t"));
  action_row late = an_action("f4", "t", 0, action_state::waiting);
  late.run.clear();
  w.book().put(late);
  action_change learnt = a_change("f4", "t", 0);
  learnt.run = "batch_1";
  w.book().change(learnt);
  w.restart();
  CHECK(w.run(w.book().action_behind("run_same")).value()->fire == "f2");
  CHECK(w.run(w.book().action_behind("batch_1")).value()->fire == "f4");
  CHECK_FALSE(w.run(w.book().action_behind("run_other")).value().has_value());
  CHECK_FALSE(w.run(w.book().action_behind("")).value().has_value());
}

TEST_CASE_TEMPLATE("actions that are done are counted by attempt, however many there are", World, BOTH_LEDGERS) {
  World w;
  for (const char* target : {"t", "u"}) w.book().put(a_leg("f", target));
  constexpr std::uint64_t many = 10'000;
  for (std::uint64_t n = 0; n < many; ++n) {
    action_row row = an_action("f", "t", n, n % 10 == 0 ? action_state::failed : action_state::done);
    row.attempt = n < 10 ? 1 : 2;
    w.book().put(std::move(row));
  }
  w.book().put(an_action("f", "u", 0, action_state::waiting));
  const auto done = [&](const char* target, int attempt) {
    return w.run(w.book().done_actions("f", target, attempt)).value();
  };
  CHECK(done("t", 1) == 9);
  CHECK(done("t", 2) == 8'991);
  CHECK(done("t", 3) == 0);
  CHECK(done("u", 1) == 0);
  CHECK(done("v", 1) == 0);
}

TEST_CASE_TEMPLATE("what is unsettled, and a run's action, are found behind any number of others", World,
                   BOTH_LEDGERS) {
  World w;
  for (const char* target : {"t", "u"}) w.book().put(a_leg("f", target));
  constexpr std::uint64_t many = 5'000;
  for (std::uint64_t n = 0; n < many; ++n) {
    const bool open = n % 1'500 == 1'499 || n == many - 1;
    action_row row = an_action("f", n % 2 == 0 ? "t" : "u", n, open ? action_state::waiting : action_state::done);
    row.run = "run_" + std::to_string(n);
    w.book().put(std::move(row));
  }
  const auto numbers = [&](std::uint64_t from, std::size_t most) {
    std::vector<std::uint64_t> out;
    for (const auto& row : w.run(w.book().actions("f", "u", from, most, true)).value()) out.push_back(row.number);
    return out;
  };
  CHECK(numbers(0, 100) == std::vector<std::uint64_t>{1'499, 2'999, 4'499, 4'999});
  CHECK(numbers(1'500, 2) == std::vector<std::uint64_t>{2'999, 4'499});
  CHECK(numbers(5'000, 2).empty());
  for (const std::uint64_t n : {std::uint64_t{0}, many / 2, many - 1})
    CHECK(w.run(w.book().action_behind("run_" + std::to_string(n))).value()->number == n);
  CHECK_FALSE(w.run(w.book().action_behind("run_5000")).value().has_value());
}
