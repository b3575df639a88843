// Syncs that are interrupted, refused or deceived.
#include "unit/job/sync_bench.hpp"

using namespace triggerd;
using job::effect_state;
using test::held_variables;
using test::sync_bench;
using names = std::vector<std::string>;

TEST_CASE("a crash between the import and its acknowledgement leaves no conflict behind") {
  sync_bench bench;
  bench.rules.plain = {"LOG_LEVEL"};
  bench.want({{"LOG_LEVEL", "debug"}, {"STRIPE_KEY", "sk-1"}});
  const auto planned = bench.plan_only();
  auto rows = bench.write(planned);  // the intents and their claims are durable
  for (std::size_t i = 0; i < 2; ++i) bench.apply(rows[i], planned.actions[i]);  // sent; nobody wrote what became of it
  const auto after = bench.sync();
  REQUIRE(after.all_done());
  CHECK(after.plan.ops() == names{"change STRIPE_KEY"});  // it is ours, and what it holds is not known
  CHECK(bench.sync().plan.actions.empty());
  CHECK_FALSE(bench.memory_of("LOG_LEVEL")->contains("claim"));
}

TEST_CASE("a claim whose write was interrupted is not enough to delete") {
  sync_bench bench;
  bench.rules.prune = spec::managed::managed;
  bench.want({{"A", "1"}, {"B", "2"}});
  bench.write(bench.plan_only());
  bench.server["B"] = {"by hand", false};
  bench.want({{"A", "1"}});
  REQUIRE(bench.sync().all_done());
  CHECK(bench.server.contains("B"));
}

TEST_CASE("what was ours before an interrupted write stays ours to delete, however often it is interrupted") {
  sync_bench bench;
  bench.rules.prune = spec::managed::managed;
  bench.want({{"A", "1"}, {"B", "2"}});
  REQUIRE(bench.sync().all_done());
  for (const char* value : {"3", "4"}) {
    bench.want({{"A", "1"}, {"B", value}});
    bench.write(bench.plan_only());
  }
  bench.want({{"A", "1"}});
  REQUIRE(bench.sync().all_done());
  CHECK_FALSE(bench.server.contains("B"));
  CHECK_FALSE(bench.memory_of("B"));
}

TEST_CASE("an import that fails says what comes next and owns nothing it did not write") {
  sync_bench bench;
  bench.want({{"STRIPE_KEY", "sk-1"}});
  const auto planned = bench.plan_only();
  auto row = bench.write(planned).at(0);
  const auto send = [&] {
    auto became = bench.apply(row, planned.actions[0]);
    bench.settle(row, became);
    return became;
  };
  SUBCASE("what may pass is tried again, also without an answer: values are absolute") {
    bench.wire->refuse();
    CHECK(send().state == effect_state::again);
    bench.wire->break_off();
    CHECK(send().state == effect_state::again);
    bench.wire->answer(503, "{}");
    CHECK(send().state == effect_state::again);
    bench.wire->answer(429, "{}");
    CHECK(send().state == effect_state::again);
    CHECK(bench.resolve(row, true).state == effect_state::again);
    CHECK(send().state == effect_state::done);
    CHECK((*bench.memory_of("STRIPE_KEY"))["secret"] == true);
  }
  SUBCASE("a refusal gives the claim back") {
    bench.wire->answer(400, R"({"error":"Invalid body"})");
    CHECK(send().state == effect_state::failed);
    CHECK_FALSE(bench.memory_of("STRIPE_KEY"));
  }
}

TEST_CASE("a refused change keeps the variable ours, and it is written next time") {
  sync_bench bench;
  bench.want({{"STRIPE_KEY", "sk-1"}});
  REQUIRE(bench.sync().all_done());
  bench.want({{"STRIPE_KEY", "sk-2"}});
  bench.wire->play([&bench](const auto&) {  // the list, then the import
    bench.wire->answer(403, "{}");
    return test::scripted_transport::reply(200, R"([{"name":"STRIPE_KEY","value":"<redacted>","isSecret":true}])");
  });
  const auto refused = bench.sync();
  CHECK(refused.effects.at(0).state == effect_state::failed);
  REQUIRE(bench.memory_of("STRIPE_KEY"));
  // Even the old value is written again: nobody knows what is there.
  bench.want({{"STRIPE_KEY", "sk-1"}});
  CHECK(bench.sync().plan.ops() == names{"change STRIPE_KEY"});
}

TEST_CASE("a delete that fails") {
  sync_bench bench;
  bench.rules.prune = spec::managed::managed;
  bench.want({{"A", "1"}, {"B", "2"}});
  REQUIRE(bench.sync().all_done());
  bench.want({{"A", "1"}});
  const auto planned = bench.plan_only();
  REQUIRE(planned.actions.at(0).row.kind == "delete");
  auto row = bench.write(planned).at(0);
  const auto send = [&] {
    auto became = bench.apply(row, planned.actions[0]);
    bench.settle(row, became);
    return became;
  };
  SUBCASE("without an answer is sent again, and finds nothing left") {
    bench.server.erase("B");
    bench.wire->break_off();
    CHECK(send().state == effect_state::doubtful);
    CHECK(bench.resolve(row).state == effect_state::again);
    const auto became = send();
    CHECK(became.state == effect_state::done);
    CHECK_FALSE(bench.memory_of("B"));
  }
  SUBCASE("without an answer is sent again, and finds a value in other environments alone") {
    bench.wire->break_off();
    CHECK(send().state == effect_state::doubtful);
    bench.wire->answer(400, R"({"error":"Environment variable not found in this environment"})");
    const auto became = send();
    CHECK(became.state == effect_state::done);
    CHECK_FALSE(bench.memory_of("B"));
  }
  SUBCASE("for good keeps it ours") {
    bench.wire->answer(403, "{}");
    CHECK(send().state == effect_state::failed);
    CHECK(bench.memory_of("B"));
  }
  SUBCASE("with a 400 outside a branch is a failure") {
    bench.wire->answer(400, R"({"error":"Invalid project ref"})");
    CHECK(send().state == effect_state::failed);
    CHECK(bench.memory_of("B"));
  }
}

TEST_CASE("what is read back must be what was written") {
  sync_bench bench;
  bench.rules.plain = {"LOG_*"};
  bench.rules.prune = spec::managed::managed;
  bench.want({{"LOG_LEVEL", "debug"}, {"LOG_FORMAT", "json"}, {"STRIPE_KEY", "sk-1"}, {"OLD", "o"}});
  REQUIRE(bench.sync().all_done());
  bench.want({{"LOG_LEVEL", "info"}, {"LOG_FORMAT", "text"}, {"STRIPE_KEY", "sk-2"}, {"MORE", "m"}});
  const auto planned = bench.plan_only();
  auto rows = bench.write(planned);
  REQUIRE(rows.back().kind == "verify");
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) bench.settle(rows[i], bench.apply(rows[i], planned.actions[i]));
  const auto verify = [&] { return bench.apply(rows.back(), planned.actions.back()); };
  CHECK(verify().state == effect_state::done);
  const auto drifted = [&](std::string_view words) {
    const auto became = verify();
    CHECK(became.state == effect_state::failed);
    CHECK(became.code == std::string(job::codes::drift.name));
    CHECK(became.note->find(words) != std::string::npos);
  };
  SUBCASE("a value") {
    bench.server["LOG_LEVEL"].value = "other";
    drifted("with another value: LOG_LEVEL");
  }
  SUBCASE("a flag") {
    bench.server["STRIPE_KEY"].secret = false;
    drifted("with the wrong flag: STRIPE_KEY");
  }
  SUBCASE("a name") {
    bench.server.erase("MORE");
    drifted("missing: MORE");
  }
  SUBCASE("a deletion") {
    bench.server["OLD"] = {"back", false};
    drifted("not deleted: OLD");
  }
  SUBCASE("a list that fails is read again") {
    bench.wire->answer(500, "{}");
    CHECK(verify().state == effect_state::again);
  }
}

TEST_CASE("a server that swallows an import is found out") {
  sync_bench bench;
  bench.ignores_imports = true;
  bench.want({{"A", "1"}});
  const auto done = bench.sync();
  REQUIRE(done.effects.size() == 2);
  CHECK(done.effects[1].state == effect_state::failed);
  SUBCASE("and without verify it is not looked at") {
    bench.rules.verify = false;
    bench.want({{"A", "2"}});
    CHECK(bench.sync().effects.size() == 1);
    CHECK(bench.requests() == 2);
  }
}

TEST_CASE("a list that fails is read again; sources are not") {
  sync_bench bench;
  spec::variable_source from;
  from.from = spec::variable_source::kind::exec;
  from.exec = spec::exec_spec{.argv = {"vault", "{{ target.name }}"}, .timeout = {}, .max_size = 1};
  bench.rules.sources = {from};
  bench.inputs.programs["vault"] = "A=1\n";
  bench.wire->answer(500, "{}");
  bench.wire->break_off();
  const auto done = bench.sync();
  REQUIRE(done.all_done());
  CHECK(done.plan.waits.size() == 2);
  CHECK(bench.inputs.ran == std::vector<names>{{"vault", "shop-prod"}});
  SUBCASE("and a refused one ends the plan") {
    bench.wire->answer(403, "{}");
    const auto refused = bench.sync();
    REQUIRE(refused.trouble());
    CHECK(refused.plan.waits.empty());
  }
}

TEST_CASE("a ledger that cannot be read ends the plan: nobody knows who owns what") {
  sync_bench bench;
  bench.want({{"A", "1"}});
  bench.ledger.crash();
  const auto planned = bench.plan_only();
  REQUIRE(planned.trouble);
  CHECK(planned.actions.empty());
}

TEST_CASE("ownership of many variables is read in steps") {
  sync_bench bench;
  std::map<std::string, std::string> many;
  for (int i = 0; i < 1'201; ++i) many["NAME_" + std::to_string(i)] = "v";
  bench.want(many);
  REQUIRE(bench.sync().all_done());
  const auto again = bench.sync();
  CHECK(again.plan.actions.empty());
  CHECK(again.plan.has_note("1201 variables"));
}

TEST_CASE("no value ever shows: not in rows, memory, lines, notes or errors") {
  sync_bench bench;
  const names values{"first-hidden-value", "second-hidden-value", "third-hidden-value", "fourth-hidden-value"};
  std::string seen;
  const auto keep = [&seen, &bench](const test::sync_run& what) {
    for (const auto& line : what.plan.lines) seen += line.op + line.what + line.detail + '\n';
    for (const auto& note : what.plan.notes) seen += note + '\n';
    if (what.plan.trouble) seen += what.plan.trouble->describe() + '\n';
    for (const auto& row : what.plan.remembered) seen += row.name + row.value + '\n';
    for (const auto& action : what.plan.actions)
      seen += action.row.subject + action.row.memo + action.row.body + action.row.key;
    for (const auto& effect : what.effects) {
      seen += effect.note.value_or("") + effect.memo.value_or("") + effect.notice;
      if (effect.why) seen += effect.why->what.describe();
      for (const auto& row : effect.remember) seen += row.name + row.value;
    }
    seen += bench.ledger.dump();
  };
  bench.rules.plain = {"PLAIN"};
  bench.rules.prune = spec::managed::managed;
  bench.want({{"PLAIN", values[0]}, {"OLD", values[2]}});
  bench.want_secret("HIDDEN", values[1]);
  keep(bench.sync());
  bench.server["PLAIN"].value = values[3];
  bench.want({{"PLAIN", values[2]}, {"HIDDEN", values[0]}});
  bench.ignores_imports = true;
  keep(bench.sync());
  bench.ignores_imports = false;
  bench.job.name = "other";
  bench.want({{"PLAIN", values[1]}});
  keep(bench.sync());
  bench.want({{"NEW NAME", values[1]}, {"BAD\xff", values[2]}, {"HIDDEN", values[3] + std::string("\xff", 1)}});
  keep(bench.sync());
  bench.wire->answer(200, R"([{"name":"X","value":"first-hidden-value")");
  bench.want({{"X", values[3]}});
  keep(bench.sync());
  REQUIRE_FALSE(seen.empty());
  for (const auto& value : values) CHECK(seen.find(value) == std::string::npos);
}
