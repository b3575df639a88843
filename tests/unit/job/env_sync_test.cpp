// An env-sync over several fires: what it adds, changes, keeps and deletes, and what it costs.
#include "unit/job/sync_bench.hpp"

using namespace triggerd;
using job::effect_state;
using test::held_variables;
using test::sync_bench;
using names = std::vector<std::string>;

TEST_CASE("the first sync adds what is missing, in one import per flag, and reads it back") {
  sync_bench bench;
  bench.rules.plain = {"LOG_*"};
  bench.want({{"LOG_LEVEL", "debug"}, {"LOG_FORMAT", "json"}, {"STRIPE_KEY", "sk-1"}});
  const auto done = bench.sync();
  REQUIRE(done.all_done());
  CHECK(done.plan.ops() == names{"add LOG_FORMAT", "add LOG_LEVEL", "add STRIPE_KEY"});
  CHECK(bench.asked() ==
        names{"GET /api/v1/projects/proj_shop/envvars/prod", "POST /api/v1/projects/proj_shop/envvars/prod/import",
              "POST /api/v1/projects/proj_shop/envvars/prod/import", "GET /api/v1/projects/proj_shop/envvars/prod"});
  CHECK(bench.server == held_variables{{"LOG_FORMAT", {"json", false}},
                                       {"LOG_LEVEL", {"debug", false}},
                                       {"STRIPE_KEY", {"sk-1", true}}});
  CHECK(done.plan.actions[0].row.subject == "plain: LOG_FORMAT, LOG_LEVEL");
  CHECK(done.plan.actions[1].row.kind == "import");
  CHECK(done.plan.actions[2].row.kind == "verify");
}

TEST_CASE("when nothing has changed a sync is one request") {
  sync_bench bench;
  bench.rules.plain = {"LOG_*"};
  bench.want({{"LOG_LEVEL", "debug"}, {"STRIPE_KEY", "sk-1"}});
  REQUIRE(bench.sync().all_done());
  const auto again = bench.sync();
  REQUIRE(again.all_done());
  CHECK(bench.requests() == 1);
  CHECK(again.plan.actions.empty());
  CHECK(again.plan.lines.empty());
  CHECK(again.plan.has_note("2 variables are as they should be"));
}

TEST_CASE("actions are void after a restart: nothing of a value stands in a row") {
  sync_bench bench;
  bench.want({{"STRIPE_KEY", "sk-very-secret-value"}});
  const auto planned = bench.plan_only();
  REQUIRE(planned.actions.size() == 2);
  for (const auto& action : planned.actions) {
    CHECK(action.volatile_body);
    CHECK(action.values != nullptr);
    CHECK(action.row.body.empty());
  }
  auto row = bench.write(planned).at(0);
  auto empty = job::planned_action();
  const auto became = bench.apply(row, empty);
  CHECK(became.state == effect_state::failed);
  CHECK(bench.requests() == 1);  // the list of the plan
}

TEST_CASE("a changed value is written, whether it can be read back or not") {
  sync_bench bench;
  bench.rules.plain = {"LOG_LEVEL"};
  bench.want({{"LOG_LEVEL", "debug"}, {"STRIPE_KEY", "sk-1"}});
  REQUIRE(bench.sync().all_done());
  bench.want({{"LOG_LEVEL", "info"}, {"STRIPE_KEY", "sk-2"}});
  const auto done = bench.sync();
  REQUIRE(done.all_done());
  CHECK(done.plan.ops() == names{"change LOG_LEVEL", "change STRIPE_KEY"});
  CHECK(bench.requests() == 4);
  CHECK(bench.server["STRIPE_KEY"].value == "sk-2");
  CHECK(bench.sync().plan.actions.empty());
}

TEST_CASE("a foreign edit of a plain value is seen and mended; one of a secret cannot be seen") {
  sync_bench bench;
  bench.rules.plain = {"LOG_LEVEL"};
  bench.want({{"LOG_LEVEL", "debug"}, {"STRIPE_KEY", "sk-1"}});
  REQUIRE(bench.sync().all_done());
  bench.server["LOG_LEVEL"].value = "trace";
  bench.server["STRIPE_KEY"].value = "edited";
  CHECK(bench.sync().plan.ops() == names{"change LOG_LEVEL"});
  CHECK(bench.server["LOG_LEVEL"].value == "debug");
  CHECK(bench.server["STRIPE_KEY"].value == "edited");
}

TEST_CASE("rewrite_every overwrites secrets that nobody can compare, and max_change does not count it") {
  sync_bench bench;
  bench.rules.rewrite_every = milliseconds(24LL * 3'600'000);
  bench.rules.max_change = spec::share{.count = 0, .percent = 10};
  bench.want({{"STRIPE_KEY", "sk-1"}});
  REQUIRE(bench.sync().all_done());
  bench.server["STRIPE_KEY"].value = "edited";
  bench.time.advance(std::chrono::hours(23));
  CHECK(bench.sync().plan.actions.empty());
  bench.time.advance(std::chrono::hours(1));
  const auto done = bench.sync();
  REQUIRE(done.all_done());
  CHECK(done.plan.ops() == names{"change STRIPE_KEY"});
  CHECK(bench.server["STRIPE_KEY"].value == "sk-1");
  CHECK(bench.sync().plan.actions.empty());
}

TEST_CASE("a variable that was deleted by others comes back") {
  sync_bench bench;
  bench.want({{"STRIPE_KEY", "sk-1"}});
  REQUIRE(bench.sync().all_done());
  bench.server.clear();
  CHECK(bench.sync().plan.ops() == names{"add STRIPE_KEY"});
  CHECK(bench.server.contains("STRIPE_KEY"));
}

TEST_CASE("an equal readable value is adopted without a request, and then ours to change") {
  sync_bench bench;
  bench.rules.plain = {"*"};
  bench.server["LOG_LEVEL"] = {"debug", false};
  bench.want({{"LOG_LEVEL", "debug"}});
  const auto first = bench.sync();
  REQUIRE(first.all_done());
  CHECK(bench.requests() == 1);
  CHECK(first.plan.has_note("LOG_LEVEL: adopted"));
  REQUIRE(bench.memory_of("LOG_LEVEL"));
  CHECK((*bench.memory_of("LOG_LEVEL"))["adopted"] == true);
  bench.want({{"LOG_LEVEL", "info"}});
  CHECK(bench.sync().plan.ops() == names{"change LOG_LEVEL"});
  CHECK(bench.server["LOG_LEVEL"].value == "info");
}

TEST_CASE("another value, or a secret, that is not ours is a conflict and stops everything") {
  sync_bench bench;
  bench.rules.plain = {"LOG_LEVEL"};
  bench.want({{"LOG_LEVEL", "debug"}, {"STRIPE_KEY", "sk-1"}, {"NEW", "n"}});
  bench.server["LOG_LEVEL"] = {"info", false};
  bench.server["STRIPE_KEY"] = {"sk-1", true};
  const auto before = bench.server;
  auto stopped = bench.sync();
  REQUIRE(stopped.trouble());
  CHECK(stopped.trouble()->code == job::codes::conflict);
  CHECK(stopped.plan.ops() == names{"conflict LOG_LEVEL", "add NEW", "conflict STRIPE_KEY"});
  CHECK(stopped.plan.actions.empty());
  CHECK(bench.requests() == 1);
  CHECK(bench.server == before);

  SUBCASE("until an operator lets each of them be taken over") {
    bench.adopt = {"LOG_LEVEL"};
    stopped = bench.sync();
    REQUIRE(stopped.trouble());
    CHECK(stopped.trouble()->message.find("STRIPE_KEY") != std::string::npos);
    CHECK(stopped.trouble()->message.find("LOG_LEVEL") == std::string::npos);
    bench.adopt = {"LOG_LEVEL", "STRIPE_KEY"};
    REQUIRE(bench.sync().all_done());
    CHECK(bench.server["LOG_LEVEL"].value == "debug");
    bench.adopt.clear();
    CHECK(bench.sync().plan.actions.empty());
  }
  SUBCASE("or override = all") {
    bench.rules.override_existing = spec::managed::all;
    REQUIRE(bench.sync().all_done());
    CHECK(bench.server["LOG_LEVEL"].value == "debug");
  }
  SUBCASE("and override = never leaves them") {
    bench.rules.override_existing = spec::managed::never;
    const auto done = bench.sync();
    REQUIRE(done.all_done());
    CHECK(done.plan.ops() == names{"add NEW"});
    CHECK(done.plan.has_note("LOG_LEVEL, STRIPE_KEY: not as wanted, and left"));
    CHECK(bench.server["LOG_LEVEL"].value == "info");
  }
}

TEST_CASE("a plain variable that should be secret becomes one; the way back takes a delete") {
  sync_bench bench;
  bench.rules.plain = {"TOKEN"};
  bench.want({{"TOKEN", "t-1"}});
  REQUIRE(bench.sync().all_done());
  bench.rules.plain.clear();
  CHECK(bench.sync().plan.ops() == names{"change TOKEN"});
  CHECK(bench.server["TOKEN"].secret);

  bench.rules.plain = {"TOKEN"};
  const auto refused = bench.sync();
  REQUIRE(refused.trouble());
  CHECK(refused.trouble()->code == job::codes::guard);
  CHECK(refused.trouble()->message.find("TOKEN") != std::string::npos);
  CHECK(bench.requests() == 1);

  bench.rules.allow_recreate = true;
  const auto done = bench.sync();
  REQUIRE(done.all_done());
  REQUIRE(done.plan.actions.size() == 3);
  CHECK(done.plan.actions[0].row.kind == "delete");
  CHECK(done.plan.actions[1].row.kind == "import");
  CHECK_FALSE(bench.server["TOKEN"].secret);
  CHECK(bench.sync().plan.actions.empty());
}

TEST_CASE("prune deletes what this job wrote and nobody else's") {
  sync_bench bench;
  bench.want({{"ONE", "1"}, {"TWO", "2"}});
  REQUIRE(bench.sync().all_done());
  bench.server["FOREIGN"] = {"x", false};
  bench.want({{"ONE", "1"}});
  SUBCASE("never: it is left, and people are told") {
    const auto done = bench.sync();
    CHECK(done.plan.actions.empty());
    CHECK(done.plan.has_note("TWO: no longer in the sources"));
  }
  SUBCASE("managed") {
    bench.rules.prune = spec::managed::managed;
    const auto done = bench.sync();
    REQUIRE(done.all_done());
    CHECK(done.plan.ops() == names{"remove TWO"});
    CHECK(bench.server.size() == 2);
    CHECK(bench.server.contains("FOREIGN"));
    CHECK_FALSE(bench.memory_of("TWO"));
  }
  SUBCASE("all, within include and exclude") {
    bench.rules.prune = spec::managed::all;
    bench.server["KEEP_ME"] = {"x", true};
    bench.rules.exclude = {"KEEP_*"};
    const auto done = bench.sync();
    REQUIRE(done.all_done());
    CHECK(done.plan.ops() == names{"remove FOREIGN", "remove TWO"});
    CHECK(bench.server.contains("KEEP_ME"));
  }
  SUBCASE("what is gone already is forgotten without a request") {
    bench.rules.prune = spec::managed::managed;
    bench.server.erase("TWO");
    const auto done = bench.sync();
    CHECK(bench.requests() == 1);
    CHECK_FALSE(bench.memory_of("TWO"));
    CHECK(bench.memory_of("ONE"));
  }
}

TEST_CASE("the guards stop a sync before anything is sent") {
  sync_bench bench;
  bench.rules.prune = spec::managed::managed;
  bench.want({{"A", "1"}, {"B", "2"}, {"C", "3"}, {"D", "4"}});
  REQUIRE(bench.sync().all_done());
  const auto before = bench.server;
  const auto stopped_by = [&bench, &before](std::string_view word) {
    const auto stopped = bench.sync();
    REQUIRE(stopped.trouble());
    CHECK(stopped.trouble()->code == job::codes::guard);
    CHECK(stopped.trouble()->message.find(word) != std::string::npos);
    CHECK(stopped.plan.actions.empty());
    CHECK(stopped.plan.remembered.empty());
    CHECK(bench.server == before);
  };
  SUBCASE("max_delete") {
    bench.rules.max_delete = 1;
    bench.want({{"A", "1"}, {"B", "2"}});
    stopped_by("max_delete");
    bench.rules.max_delete = 2;
    CHECK(bench.sync().all_done());
  }
  SUBCASE("max_change counts changes and deletions, as a share of what is there") {
    bench.rules.max_change = spec::share{.count = 0, .percent = 50};
    bench.want({{"A", "x"}, {"B", "x"}, {"C", "x"}, {"D", "4"}, {"NEW", "n"}});
    stopped_by("max_change");
    bench.want({{"A", "x"}, {"B", "x"}, {"C", "3"}, {"D", "4"}, {"NEW", "n"}});
    CHECK(bench.sync().all_done());
  }
  SUBCASE("required and missing") {
    bench.rules.required = {"A", "GONE"};
    stopped_by("GONE");
    CHECK(bench.requests() == 0);
  }
  SUBCASE("an empty value") {
    bench.want({{"A", ""}, {"B", "2"}, {"C", "3"}, {"D", "4"}});
    stopped_by("A");
  }
  SUBCASE("a source that gives nothing") {
    bench.want({});
    stopped_by("source 1");
  }
  SUBCASE("no source that applies") {
    bench.rules.sources.front().when = {"crm-*"};
    stopped_by("no source");
  }
  SUBCASE("several at once") {
    bench.rules.max_delete = 0;
    bench.rules.max_change = spec::share{.count = 1};
    bench.want({{"A", "x"}});
    stopped_by("max_delete");
    stopped_by("max_change");
  }
}

TEST_CASE("two jobs owning one name is an error, and an operator can hand it over") {
  sync_bench bench;
  bench.want({{"SHARED", "1"}});
  REQUIRE(bench.sync().all_done());
  bench.job.name = "other";
  bench.want({{"SHARED", "2"}, {"MINE", "m"}});
  bench.rules.override_existing = spec::managed::all;
  const auto refused = bench.sync();
  REQUIRE(refused.trouble());
  CHECK(refused.trouble()->code == job::codes::conflict);
  CHECK(refused.trouble()->message.find("SHARED") != std::string::npos);
  CHECK(bench.server["SHARED"].value == "1");
  SUBCASE("also when their values are equal") {
    bench.want({{"SHARED", "1"}});
    CHECK(bench.sync().trouble());
  }
  SUBCASE("prune = all spares it") {
    bench.want({{"MINE", "m"}});
    bench.rules.prune = spec::managed::all;
    REQUIRE(bench.sync().all_done());
    CHECK(bench.server.contains("SHARED"));
  }
  SUBCASE("adopt takes it over") {
    bench.adopt = {"SHARED"};
    REQUIRE(bench.sync().all_done());
    bench.adopt.clear();
    CHECK(bench.sync().plan.actions.empty());
    bench.job.name = "nightly";
    CHECK(bench.sync().trouble());
  }
}

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
