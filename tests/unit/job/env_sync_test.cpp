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
