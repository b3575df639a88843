// Targets by name, over reloads and to the end.
#include "registry_bench.hpp"

using namespace triggerd;
using target::target_state;
using test::registry_bench;
using list = std::vector<std::string>;

namespace {

task<> close(target::registry& of, bool& over) {
  co_await of.close();
  over = true;
}

list names(const std::vector<std::shared_ptr<target::target>>& of) {
  list out;
  for (const auto& one : of) out.push_back(one->spec().name);
  return out;
}

}  // namespace

TEST_CASE("targets are found by name and by selector, in order of their names") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.add("crm", "tr_prod_crm");
  at.add("shop-old", "tr_prod_old");
  at.apply();
  CHECK(names(at.targets->all()) == list{"crm", "shop", "shop-old"});
  CHECK(names(at.targets->select(*spec::selector::parse("shop*"))) == list{"shop", "shop-old"});
  CHECK(names(at.targets->select(*spec::selector::parse("shop"))) == list{"shop"});
  CHECK(at.targets->select(*spec::selector::parse("nobody")).empty());
  CHECK(at.targets->find("nobody") == nullptr);
  CHECK(at.connected.size() == 3);
  CHECK(at.time.armed() == 0);
}

TEST_CASE("a reload keeps a target that is as before, with its proof, connections and counters") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.add("crm", "tr_prod_crm");
  at.apply();
  const target::access by = at.access("shop");
  at.write(by);
  const auto before = at.find("shop");
  at.specs[1].labels["tier"] = "2";
  at.apply();
  CHECK(at.find("shop") == before);
  CHECK(at.connected == list{"shop", "crm", "crm"});
  CHECK(at.find("shop")->identity() == "env_prod");
  CHECK(at.find("shop")->totals().requests == 2);
  at.access("shop");
  CHECK(at.proofs("shop") == 1);
}

TEST_CASE("a reload replaces what changed, and an access to the old one finishes on it") {
  registry_bench at;
  auto& shop = at.add("shop", "tr_prod_shop");
  shop.limit = "gentle";
  at.inputs.limits.push_back({"gentle", std::nullopt, 60, 16, std::nullopt, 1'000});
  at.apply();
  const target::access by = at.access("shop");
  const auto old_wire = at.wires.at("shop");
  const auto before = at.find("shop");
  SUBCASE("its file") { at.specs[0].request_timeout = milliseconds(1); }
  SUBCASE("its limit") { at.inputs.limits[0].in_flight = 1; }
  SUBCASE("its credential") { at.inputs.credentials["shop"].exchange = true; }
  at.apply();
  CHECK(at.find("shop") != before);
  CHECK(at.connected.size() == 2);
  CHECK(at.find("shop")->health().state == target_state::unproved);
  CHECK(at.write(by).seen.reply.status == 200);
  CHECK(old_wire->requests.size() == 2);
  CHECK(at.wires.at("shop")->requests.empty());
}

TEST_CASE("an access goes on with the key that a reload brought, once that proves the same environment") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.apply();
  const target::access by = at.access("shop");
  at.give("shop", "tr_prod_other");
  SUBCASE("the same") {
    at.opens["tr_prod_other"] = registry_bench::whoami("env_prod");
    at.apply();
    CHECK(at.write(by).seen.reply.status == 200);
  }
  SUBCASE("another") {
    at.opens["tr_prod_other"] = registry_bench::whoami("env_elsewhere");
    at.apply();
    CHECK(at.write(by).failed.has_value());
  }
  SUBCASE("none") {
    at.apply();  // the server knows no such key
    CHECK(at.write(by).failed.has_value());
  }
}

TEST_CASE("an open that a reload overtakes ends on the target it began with") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.apply();
  const auto old_wire = at.wires.at("shop");
  old_wire->hold(test::scripted_transport::reply(200, registry_bench::whoami("env_prod")));
  test::opening one;
  at.open(one, "shop");
  SUBCASE("replaced: it goes on") {
    at.specs[0].labels["tier"] = "2";
    at.apply();
    old_wire->release();
    at.time.run();
    REQUIRE(one.done.has_value());
    CHECK(one.done->has_value());
  }
  SUBCASE("gone: it says so") {
    at.specs.clear();
    at.apply();
    old_wire->release();
    at.time.run();
    REQUIRE(one.done.has_value());
    CHECK(one.done->error().code == target::codes::removed);
  }
}

TEST_CASE("a target that is gone from the configuration lives as long as somebody uses it") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.apply();
  std::weak_ptr<target::target> alive = at.find("shop");
  {
    std::optional<target::access> by = at.access("shop");
    at.specs.clear();
    at.apply();
    CHECK(at.targets->find("shop") == nullptr);
    CHECK_FALSE(alive.expired());
    CHECK(at.write(*by).seen.reply.status == 200);
    at.time.run();
  }
  CHECK(alive.expired());
}

TEST_CASE("a switched off target and one without a value say so and connect nowhere") {
  registry_bench at;
  at.add("off", "tr_prod_off").enabled = false;
  at.add("empty", "tr_prod_empty");
  at.inputs.keys.erase("empty");
  at.apply();
  CHECK(at.opened("off").error().code == target::codes::disabled);
  CHECK(at.find("off")->health().state == target_state::disabled);
  CHECK(at.opened("empty").error().code == target::codes::no_credential);
  CHECK(at.find("empty")->health().trouble.find("has no value") != std::string::npos);
  CHECK(at.wires.at("off")->requests.empty());
  CHECK(at.wires.at("empty")->requests.empty());

  at.targets->renew({{"empty", at.made("tr_prod_empty")}});
  CHECK(at.opened("empty").has_value());
}

TEST_CASE("every exchange is counted for the target, the leg and the metrics; what never left is not") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.apply();
  const target::access by = at.access("shop");
  at.write(by);
  at.wires.at("shop")->answer(500, "{}");
  at.write(by);
  at.find("shop")->count_retry();
  const auto totals = at.find("shop")->totals();
  CHECK(totals.requests == 3);
  CHECK(totals.failures == 1);
  CHECK(totals.retries == 1);
  CHECK(by.used().requests == 2);
  CHECK(by.used().failures == 1);
  CHECK(at.exchanges == list{"shop whoami.key ok", "shop runs.cancel ok", "shop runs.cancel transient"});
}

TEST_CASE("requests without a reply show in health until the next reply") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.apply();
  const target::access by = at.access("shop");
  at.wires.at("shop")->break_off();
  at.wires.at("shop")->refuse();
  at.read(by);
  at.time.advance(seconds(5));
  at.read(by);
  auto health = at.find("shop")->health();
  CHECK(health.state == target_state::ok);
  CHECK(health.trouble.find("last 2 requests") != std::string::npos);
  CHECK(health.since == at.time.now() - seconds(5));
  at.read(by);
  CHECK(at.find("shop")->health().trouble.empty());
}

TEST_CASE("closing ends what is on the wire and what waits, refuses what comes, and returns when all is quiet") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.add("crm", "tr_prod_crm", "env_crm");
  at.apply();
  const target::access shop = at.access("shop");
  at.wires.at("shop")->hold(test::scripted_transport::reply(200, "{}"));
  at.wires.at("crm")->hold(test::scripted_transport::reply(200, registry_bench::whoami("env_crm")));
  test::sending on_the_wire, waiting;
  test::opening proving;
  at.send(on_the_wire, shop, api::cancel_run("run_1").what);
  at.open(proving, "crm");
  at.targets->pause({"shop"}, "alice", at.time.now() + seconds(60));
  at.send(waiting, shop, api::cancel_run("run_2").what);

  bool over = false;
  at.time.spawn(close(*at.targets, over));
  at.time.run();
  CHECK(over);
  REQUIRE(on_the_wire.done.has_value());
  CHECK(on_the_wire.done->seen.what == transport::knowledge::ambiguous);
  REQUIRE(waiting.done.has_value());
  CHECK(waiting.done->failed->kind == api::failure_kind::not_sent);
  CHECK(waiting.done->failed->what.code == codes::stopped);
  REQUIRE(proving.done.has_value());
  CHECK(proving.done->error().code == codes::stopped);
  CHECK(at.targets->in_flight() == 0);
  CHECK(at.targets->queued() == 0);
  CHECK(at.time.armed() == 0);
  CHECK(at.opened("shop").error().code == codes::stopped);
  CHECK(at.write(shop).failed->what.code == codes::stopped);
  CHECK(at.others("shop") == 1);
}

TEST_CASE("closing also ends what a replaced target still has on the wire") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.apply();
  const target::access shop = at.access("shop");
  at.wires.at("shop")->hold(test::scripted_transport::reply(200, "{}"));
  test::sending out;
  at.send(out, shop, api::cancel_run("run_1").what);
  at.specs.clear();
  at.apply();
  bool over = false;
  at.time.spawn(close(*at.targets, over));
  at.time.run();
  CHECK(over);
  REQUIRE(out.done.has_value());
  CHECK(out.done->seen.what == transport::knowledge::ambiguous);
}

TEST_CASE("an access that nobody holds any more while its request is out does no harm") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.apply();
  test::sending out;
  {
    target::access by = at.access("shop");
    at.wires.at("shop")->hold(test::scripted_transport::reply(200, "{}"));
    at.send(out, std::move(by), api::cancel_run("run_1").what);
    at.specs.clear();
    at.apply();
  }
  const auto wire = at.wires.at("shop");
  at.wires.clear();
  wire->release();
  at.time.run();
  REQUIRE(out.done.has_value());
  CHECK(out.done->seen.reply.status == 200);
}
