// Preview branches: what is inherited, who can tell, and the set that all branches share.
#include "unit/job/sync_bench.hpp"

using namespace triggerd;
using job::effect_state;
using test::held_variables;
using test::sync_bench;
using names = std::vector<std::string>;

namespace {

std::vector<bool> with_branch(const sync_bench& bench) {
  std::vector<bool> out;
  for (const auto& request : bench.wire->requests) {
    bool found = false;
    for (const auto& [name, value] : request.headers) found = found || name == "x-trigger-branch";
    out.push_back(found);
  }
  return out;
}

struct keyed_branch : sync_bench {
  keyed_branch() : sync_bench(branch_target()) { rules.plain = {"*"}; }
};

struct pat_branch : keyed_branch {
  pat_branch() { use_pat(); }
};

}  // namespace

TEST_CASE("with a token, an inherited value that is as wanted stays the parent's") {
  pat_branch bench;
  bench.above["LOG_LEVEL"] = {"info", false};
  bench.want({{"LOG_LEVEL", "info"}});
  const auto first = bench.sync();
  REQUIRE(first.all_done());
  CHECK(first.plan.actions.empty());
  CHECK(with_branch(bench) == std::vector<bool>{true, false});
  CHECK_FALSE(bench.memory_of("LOG_LEVEL"));
}

TEST_CASE("with a token, another value than the inherited one becomes the branch's own") {
  pat_branch bench;
  bench.above["LOG_LEVEL"] = {"info", false};
  bench.want({{"LOG_LEVEL", "debug"}});
  const auto done = bench.sync();
  REQUIRE(done.all_done());
  CHECK(done.plan.ops() == names{"add LOG_LEVEL"});
  CHECK(bench.server["LOG_LEVEL"].value == "debug");
  CHECK(bench.above["LOG_LEVEL"].value == "info");
  CHECK(bench.sync().plan.actions.empty());
  CHECK(bench.requests() == 1);  // ours by now: the parent is not asked
}

TEST_CASE("with a token, a value of the branch's own that is not ours is a conflict") {
  pat_branch bench;
  bench.above["LOG_LEVEL"] = {"info", false};
  bench.server["LOG_LEVEL"] = {"trace", false};
  bench.want({{"LOG_LEVEL", "debug"}});
  const auto stopped = bench.sync();
  REQUIRE(stopped.trouble());
  CHECK(stopped.trouble()->code == job::codes::conflict);
}

TEST_CASE("two secrets look alike: whether one is inherited cannot be seen, so it is not overwritten unasked") {
  pat_branch bench;
  bench.rules.plain.clear();
  bench.above["STRIPE_KEY"] = {"live", true};
  bench.want({{"STRIPE_KEY", "test"}});
  CHECK(bench.sync().trouble());
  bench.adopt = {"STRIPE_KEY"};
  REQUIRE(bench.sync().all_done());
  CHECK(bench.server["STRIPE_KEY"].value == "test");
  CHECK(bench.above["STRIPE_KEY"].value == "live");
}

TEST_CASE("deleting the branch's own value makes the parent's visible again, and that is no drift") {
  pat_branch bench;
  bench.above["LOG_LEVEL"] = {"info", false};
  bench.rules.prune = spec::managed::managed;
  bench.want({{"LOG_LEVEL", "debug"}, {"OTHER", "o"}});
  REQUIRE(bench.sync().all_done());
  bench.want({{"OTHER", "o"}});
  const auto done = bench.sync();
  REQUIRE(done.all_done());
  CHECK(done.plan.ops() == names{"remove LOG_LEVEL"});
  CHECK_FALSE(bench.server.contains("LOG_LEVEL"));
  CHECK(bench.sync().plan.actions.empty());
}

TEST_CASE("with a token, prune = all that means an inherited name is an error in the plan") {
  pat_branch bench;
  bench.above["SHARED"] = {"s", false};
  bench.server["EXTRA"] = {"e", false};
  bench.rules.prune = spec::managed::all;
  bench.want({{"OTHER", "o"}});
  const auto stopped = bench.sync();
  REQUIRE(stopped.trouble());
  CHECK(stopped.trouble()->code == job::codes::guard);
  CHECK(stopped.trouble()->message.find("SHARED") != std::string::npos);
  CHECK(bench.server.contains("EXTRA"));
  SUBCASE("exclude mends it") {
    bench.rules.exclude = {"SHARED"};
    const auto done = bench.sync();
    REQUIRE(done.all_done());
    CHECK(done.plan.ops() == names{"add OTHER", "remove EXTRA"});  // nothing is gone before what replaces it is there
  }
}

TEST_CASE("a parent's secret stays secret below, so plain is refused") {
  pat_branch bench;
  bench.above["TOKEN"] = {"t", true};
  bench.rules.allow_recreate = true;
  bench.adopt = {"TOKEN"};
  bench.want({{"TOKEN", "p"}});
  const auto stopped = bench.sync();
  REQUIRE(stopped.trouble());
  CHECK(stopped.trouble()->code == job::codes::guard);
}

TEST_CASE("a parent's list that fails is read again, and the branch's is not") {
  pat_branch bench;
  bench.above["LOG_LEVEL"] = {"info", false};
  bench.want({{"LOG_LEVEL", "info"}});
  bench.wire->answer(200, R"([{"name":"LOG_LEVEL","value":"info","isSecret":false}])");
  bench.wire->answer(500, "{}");
  const auto done = bench.sync();
  REQUIRE(done.all_done());
  CHECK(done.plan.waits.size() == 1);
  CHECK(with_branch(bench) == std::vector<bool>{true, false, false});
}

TEST_CASE("with a key the levels cannot be seen") {
  keyed_branch bench;
  bench.above["SHARED"] = {"s", false};
  SUBCASE("an equal value is adopted, and never deleted: it may be inherited") {
    bench.rules.prune = spec::managed::managed;
    bench.want({{"SHARED", "s"}, {"OTHER", "o"}});
    REQUIRE(bench.sync().all_done());
    bench.want({{"OTHER", "o"}});
    const auto done = bench.sync();
    CHECK(done.plan.actions.empty());
    CHECK(done.plan.has_note("SHARED"));
  }
  SUBCASE("another value is a conflict") {
    bench.want({{"SHARED", "mine"}});
    CHECK(bench.sync().trouble());
    CHECK(with_branch(bench) == std::vector<bool>{true});
  }
  SUBCASE("what we wrote is deleted, and what we did not is left, also by prune = all") {
    bench.rules.prune = spec::managed::all;
    bench.want({{"OTHER", "o"}, {"MORE", "m"}});
    REQUIRE(bench.sync().all_done());
    bench.want({{"OTHER", "o"}});
    const auto done = bench.sync();
    REQUIRE(done.all_done());
    CHECK(done.plan.ops() == names{"remove MORE"});
    CHECK(done.plan.has_note("SHARED"));
  }
  SUBCASE("a deletion of what is only inherited by now fails once and is then forgotten") {
    bench.rules.prune = spec::managed::managed;
    bench.want({{"MORE", "m"}, {"OTHER", "o"}});
    REQUIRE(bench.sync().all_done());
    bench.server.erase("MORE");  // somebody deleted it, and the parent has one of that name
    bench.above["MORE"] = {"p", false};
    bench.want({{"OTHER", "o"}});
    const auto failed = bench.sync();
    REQUIRE(failed.effects.size() == 2);
    CHECK(failed.effects[0].state == effect_state::failed);
    CHECK(failed.effects[0].note->find("inherits") != std::string::npos);
    CHECK(bench.sync().plan.actions.empty());
  }
}

TEST_CASE("scope = parent writes the shared set, without the branch header, under an ownership of its own") {
  pat_branch bench;
  bench.rules.parent_scope = true;
  bench.want({{"SHARED", "s"}});
  REQUIRE(bench.sync().all_done());
  CHECK(bench.above["SHARED"].value == "s");
  CHECK(bench.server.empty());
  CHECK(with_branch(bench) == std::vector<bool>{false, false, false});
  CHECK(bench.memory_of("SHARED", "vars:parent:proj_shop"));
  // Another branch of the project sees the same owner.
  bench.identity = "env_other@feat/x";
  CHECK(bench.sync().plan.actions.empty());
  bench.job.name = "other";
  CHECK(bench.sync().trouble());
  // A delete goes there too.
  bench.job.name = "nightly";
  bench.rules.prune = spec::managed::managed;
  bench.want({{"ELSE", "e"}});
  REQUIRE(bench.sync().all_done());
  CHECK_FALSE(bench.above.contains("SHARED"));
}

TEST_CASE("the same value has another digest in another environment and under another name") {
  sync_bench bench;
  bench.want({{"A", "same"}, {"B", "same"}});
  REQUIRE(bench.sync().all_done());
  const auto a = *bench.memory_of("A");
  CHECK(a["digest"] != (*bench.memory_of("B"))["digest"]);
  bench.identity = "env_2";
  bench.server.clear();
  REQUIRE(bench.sync().all_done());
  CHECK((*bench.memory_of("A", "vars:env_2"))["digest"] != a["digest"]);
}
