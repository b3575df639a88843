// Identity before the first write, over the whole of a registry.
#include "base/limits.hpp"
#include "base/text.hpp"
#include "registry_bench.hpp"

using namespace triggerd;
using target::target_state;
using test::registry_bench;

TEST_CASE("everyone who opens a target at once waits for one proof") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.apply();
  at.wires.at("shop")->hold(test::scripted_transport::reply(200, registry_bench::whoami("env_prod")));
  test::opening a, b, c;
  at.open(a, "shop");
  at.open(b, "shop");
  at.open(c, "shop");
  CHECK(at.proofs("shop") == 1);
  CHECK_FALSE(a.done.has_value());
  c.cancel.request();
  at.time.run();
  CHECK(c.done->error().code == triggerd::codes::cancelled);  // without the others
  at.wires.at("shop")->release();
  at.time.run();
  REQUIRE(a.done.has_value());
  REQUIRE(b.done.has_value());
  CHECK((*a.done)->identity() == "env_prod");
  CHECK((*b.done)->identity() == "env_prod");
  CHECK(at.proofs("shop") == 1);
  CHECK(at.find("shop")->health().state == target_state::ok);
}

TEST_CASE("a proof is remembered for a day, then made again") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.apply();
  at.access("shop");
  at.time.advance(limits::identity_age - seconds(1));
  at.access("shop");
  CHECK(at.proofs("shop") == 1);
  at.time.advance(seconds(1));
  at.access("shop");
  CHECK(at.proofs("shop") == 2);
}

TEST_CASE("a key of another environment parks its target while others go on, and nothing was written") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.add("wrong", "tr_prod_wrong");
  at.opens["tr_prod_wrong"] = registry_bench::whoami("env_stg", "STAGING");
  at.apply();
  const auto refused = at.opened("wrong");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == target::codes::parked);
  CHECK(at.others("wrong") == 0);
  const auto health = at.find("wrong")->health();
  CHECK(health.state == target_state::parked);
  CHECK(health.trouble.find("prod of proj_shop") != std::string::npos);
  CHECK(health.next == "mend the credential or the target, and reload");
  CHECK(at.events.back().find("target-state wrong now parked") == 0);

  CHECK(at.write(at.access("shop")).seen.reply.status == 200);

  // Nothing asks again by itself.
  at.time.advance(std::chrono::hours(48));
  CHECK(at.opened("wrong").error().code == target::codes::parked);
  CHECK(at.proofs("wrong") == 1);
}

TEST_CASE("a parked target is asked again after a resume or a reload") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.opens["tr_prod_shop"] = registry_bench::whoami("env_stg", "STAGING");
  at.apply();
  CHECK(at.opened("shop").error().code == target::codes::parked);
  at.opens["tr_prod_shop"] = registry_bench::whoami("env_prod");
  SUBCASE("a resume") { at.targets->resume({"shop"}); }
  SUBCASE("a reload") { at.apply(); }
  CHECK(at.connected.size() == 1);
  CHECK(at.opened("shop").has_value());
  CHECK(at.find("shop")->health().state == target_state::ok);
}

TEST_CASE("a parked target lets no request of an older access out") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.apply();
  const target::access reader = at.reader("shop");
  at.opens["tr_prod_shop"] = registry_bench::whoami("env_stg", "STAGING");
  CHECK(at.opened("shop").error().code == target::codes::parked);
  const auto done = at.read(reader);
  CHECK(done.failed->kind == api::failure_kind::not_sent);
  CHECK(done.failed->what.code == target::codes::parked);
}

TEST_CASE("a server out of reach is not asked again before its time, and health says when") {
  registry_bench at;
  at.add("shop", "tr_prod_shop").retry.jitter = false;
  at.apply();
  at.wires.at("shop")->refuse();
  const auto failed = at.opened("shop");
  CHECK(failed.error().code == target::codes::unreachable);
  const auto health = at.find("shop")->health();
  CHECK(health.state == target_state::unproved);
  CHECK(health.trouble.find("connection refused") != std::string::npos);
  CHECK(health.next.find("tried again at " + text::iso(at.time.now() + milliseconds(500))) == 0);
  CHECK(at.time.armed() == 0);

  at.time.advance(milliseconds(499));
  CHECK(at.opened("shop").error().code == target::codes::unreachable);
  CHECK(at.proofs("shop") == 1);
  at.time.advance(milliseconds(1));
  CHECK(at.opened("shop").has_value());
  CHECK(at.find("shop")->health().trouble.empty());
}

TEST_CASE("every failure of a proof that may pass leaves the target open for a later one") {
  for (const int status : {429, 500, 503}) {
    CAPTURE(status);
    registry_bench at;
    at.add("shop", "tr_prod_shop");
    at.apply();
    at.wires.at("shop")->answer(status, "{}");
    CHECK(at.opened("shop").error().code == target::codes::unreachable);
    at.time.advance(std::chrono::minutes(1));
    CHECK(at.opened("shop").has_value());
  }
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.apply();
  at.wires.at("shop")->break_off();
  CHECK(at.opened("shop").error().code == target::codes::unreachable);
  at.time.advance(std::chrono::minutes(1));
  CHECK(at.opened("shop").has_value());
}

TEST_CASE("a later 401 runs the proof once more; when it holds, the answer stands") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.apply();
  const target::access by = at.access("shop");
  at.wires.at("shop")->answer(401, R"({"error":"no scope"})");
  const auto first = at.write(by);
  CHECK(first.failed->kind == api::failure_kind::credential);
  CHECK(at.proofs("shop") == 2);
  CHECK(at.find("shop")->health().state == target_state::ok);

  at.wires.at("shop")->answer(401, R"({"error":"no scope"})");
  at.write(by);
  CHECK(at.proofs("shop") == 2);  // known for a minute
  at.time.advance(limits::identity_doubt);
  at.wires.at("shop")->answer(401, R"({"error":"no scope"})");
  at.write(by);
  CHECK(at.proofs("shop") == 3);
  CHECK(at.write(by).seen.reply.status == 200);
}

TEST_CASE("a later 401 of a key that was revoked parks the target, and nothing more is sent") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.apply();
  const target::access by = at.access("shop");
  at.opens.erase("tr_prod_shop");
  CHECK(at.write(by).failed->kind == api::failure_kind::credential);
  CHECK(at.find("shop")->health().state == target_state::parked);
  const std::size_t before = at.wires.at("shop")->requests.size();
  const auto next = at.write(by);
  CHECK(next.failed->kind == api::failure_kind::not_sent);
  CHECK(next.failed->what.code == target::codes::parked);
  CHECK(at.wires.at("shop")->requests.size() == before);
  CHECK(at.find("shop")->identity().empty());
}

TEST_CASE("many 401s at once make one proof") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.apply();
  const target::access by = at.access("shop");
  std::vector<std::unique_ptr<test::sending>> all;
  for (int i = 0; i < 5; ++i) at.wires.at("shop")->answer(401, "{}");
  for (int i = 0; i < 5; ++i) {
    all.push_back(std::make_unique<test::sending>());
    at.time.spawn([](target::access by, test::sending& into) -> task<> {
      api::call what = api::cancel_run("run_1").what;
      into.done = co_await by.perform(std::move(what), 0);
    }(by, *all.back()));
  }
  at.time.run();
  for (const auto& one : all) CHECK(one->done->failed->kind == api::failure_kind::credential);
  CHECK(at.proofs("shop") == 2);
}

TEST_CASE("a proof that cannot reach the server in doubt leaves a proof that held") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.apply();
  const target::access by = at.access("shop");
  at.wires.at("shop")->answer(401, "{}");
  at.wires.at("shop")->refuse();
  at.write(by);
  CHECK(at.find("shop")->health().state == target_state::ok);
  CHECK(at.write(by).seen.reply.status == 200);
}

TEST_CASE("start-up proves those whose file says so, all at once, and failures show in health only") {
  registry_bench at;
  for (const char* name : {"a", "b", "c", "d"}) {
    auto& of = at.add(name, std::string("tr_prod_") + name);
    of.verify_identity = spec::identity_check::startup;
  }
  at.specs[2].verify_identity = spec::identity_check::before_write;
  at.specs[3].enabled = false;
  at.opens.erase("tr_prod_b");
  at.apply();
  at.wires.at("a")->hold(test::scripted_transport::reply(200, registry_bench::whoami("env_prod")));
  cancellation cancel;
  bool over = false;
  at.time.spawn([](target::registry& of, cancellation& cancel, bool& over) -> task<> {
    co_await of.prove_at_startup(cancel);
    over = true;
  }(*at.targets, cancel, over));
  at.time.run();
  CHECK(at.find("b")->health().state == target_state::parked);  // not held up by a
  CHECK_FALSE(over);
  at.wires.at("a")->release();
  at.time.run();
  CHECK(over);
  CHECK(at.find("a")->health().state == target_state::ok);
  CHECK(at.find("c")->health().state == target_state::unproved);
  CHECK(at.find("d")->health().state == target_state::disabled);
  CHECK(at.proofs("c") + at.proofs("d") == 0);
}

TEST_CASE("no key is ever told") {
  registry_bench at;
  at.add("shop", "tr_prod_topsecret");
  at.add("wrong", "tr_prod_alsosecret");
  at.opens["tr_prod_alsosecret"] = registry_bench::whoami("env_stg", "STAGING");
  at.apply();
  at.access("shop");
  const auto refused = at.opened("wrong");
  std::string told = at.log.text + refused.error().describe() + at.find("wrong")->health().trouble;
  for (const auto& event : at.events) told += event;
  for (const char* secret : {"topsecret", "alsosecret", "echoed"}) CHECK(told.find(secret) == std::string::npos);
}
