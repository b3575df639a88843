// Targets that are paused, and what becomes of those who wait in one.
#include "registry_bench.hpp"

#include "base/text.hpp"

using namespace triggerd;
using target::target_state;
using test::registry_bench;

TEST_CASE("a pause holds back a target's requests alone, and a resume lets them go") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.add("crm", "tr_prod_crm");
  at.apply();
  const target::access shop = at.access("shop"), crm = at.access("crm");
  at.targets->pause({"shop"}, "alice", std::nullopt);
  CHECK(at.find("shop")->health().state == target_state::paused);
  CHECK(at.find("shop")->paused()->by == "alice");
  CHECK(at.events.back() == "target-paused shop paused by alice");
  test::sending held;
  at.send(held, shop, api::cancel_run("run_1").what);
  CHECK_FALSE(held.done.has_value());
  CHECK(at.targets->queued() == 1);
  CHECK(at.find("shop")->queued() == 1);
  CHECK(at.find("crm")->queued() == 0);
  CHECK(at.write(crm).seen.reply.status == 200);
  CHECK(at.time.armed() == 0);
  at.targets->resume({"shop"});
  at.time.run();
  REQUIRE(held.done.has_value());
  CHECK(held.done->seen.reply.status == 200);
  CHECK(at.events.back() == "target-resumed shop resumed");
  CHECK(at.find("shop")->health().state == target_state::ok);
}

TEST_CASE("a pause with an end ends by itself, also when the clock was set") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.apply();
  const target::access shop = at.access("shop");
  const instant end = at.time.now() + seconds(60);
  at.targets->pause({"shop"}, "alice", end);
  CHECK(at.find("shop")->health().next == "resumed at " + text::iso(end));
  CHECK(at.time.armed() == 1);
  test::sending held;
  at.send(held, shop, api::cancel_run("run_1").what);
  at.time.step_wall(seconds(-30));
  at.time.advance(seconds(61));
  CHECK_FALSE(held.done.has_value());
  at.time.advance(seconds(30));
  CHECK(held.done.has_value());
  CHECK_FALSE(at.find("shop")->paused().has_value());
  CHECK(at.time.armed() == 0);
}

TEST_CASE("a pause is kept over a reload and ends with its target") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.apply();
  at.targets->pause({"shop", "nobody"}, "alice", std::nullopt);
  at.specs[0].labels["tier"] = "2";
  at.apply();
  CHECK(at.find("shop")->health().state == target_state::paused);
  const auto targets = at.specs;
  at.specs.clear();
  at.apply();
  at.specs = targets;
  at.apply();
  CHECK_FALSE(at.find("shop")->paused().has_value());
}

TEST_CASE("who waits in a paused target is let go at once when cancelled, with nothing sent") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.apply();
  const target::access shop = at.access("shop");
  at.targets->pause({"shop"}, "alice", std::nullopt);
  test::sending held;
  at.send(held, shop, api::cancel_run("run_1").what);
  at.cancel_last_access();
  CHECK(at.targets->queued() == 0);
  at.time.run();
  REQUIRE(held.done.has_value());
  CHECK(held.done->seen.what == transport::knowledge::not_sent);
  CHECK(held.done->failed->kind == api::failure_kind::not_sent);
  CHECK(held.done->failed->what.code == codes::cancelled);
  CHECK(at.others("shop") == 0);
}

TEST_CASE("a request on the wire is not broken off by its fire's end") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.apply();
  const target::access shop = at.access("shop");
  at.wires.at("shop")->hold(test::scripted_transport::reply(200, "{}"));
  test::sending out;
  at.send(out, shop, api::cancel_run("run_1").what);
  at.cancel_last_access();
  at.time.run();
  CHECK_FALSE(out.done.has_value());
  CHECK(at.targets->in_flight() == 1);
  CHECK(at.find("shop")->in_flight() == 1);
  at.wires.at("shop")->release();
  at.time.run();
  CHECK(out.done->seen.reply.status == 200);
}
