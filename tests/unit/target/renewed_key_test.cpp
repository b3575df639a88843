// Keys that are renewed while fires go on.
#include "registry_bench.hpp"

using namespace triggerd;
using target::target_state;
using test::registry_bench;

TEST_CASE("a renewed key is proved before the next write, and a fire goes on with it") {
  registry_bench at;
  at.add("shop", "tr_prod_old");
  at.apply();
  const target::access by = at.access("shop");
  at.opens["tr_prod_new"] = registry_bench::whoami("env_prod");
  at.targets->renew({{"shop", at.made("tr_prod_new")}});
  CHECK(at.find("shop")->health().state == target_state::unproved);
  CHECK(at.write(by).seen.reply.status == 200);
  const auto& asked = at.wires.at("shop")->requests;
  REQUIRE(asked.size() == 3);
  CHECK(asked[1].url.find("whoami") != std::string::npos);
  CHECK(registry_bench::key_of(asked[1]) == "tr_prod_new");
  CHECK(registry_bench::key_of(asked[2]) == "tr_prod_new");
  CHECK(at.connected.size() == 1);
}

TEST_CASE("renewing with the same value changes nothing") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.apply();
  at.access("shop");
  at.targets->renew({{"shop", at.made("tr_prod_shop")}});
  at.access("shop");
  CHECK(at.proofs("shop") == 1);
}

TEST_CASE("a renewed key of another environment writes nothing of a fire that began in the old one") {
  registry_bench at;
  at.add("shop", "tr_prod_old");
  at.apply();
  const target::access by = at.access("shop");
  at.opens["tr_prod_new"] = registry_bench::whoami("env_twin");  // prod of the same project by its words
  at.targets->renew({{"shop", at.made("tr_prod_new")}});
  const auto done = at.write(by);
  CHECK(done.failed->kind == api::failure_kind::not_sent);
  CHECK(done.failed->what.code == target::codes::other_environment);
  CHECK(at.others("shop") == 0);
  CHECK(at.access("shop").identity() == "env_twin");  // later fires may
}

TEST_CASE("a renewed key of a wrong environment parks") {
  registry_bench at;
  at.add("shop", "tr_prod_old");
  at.apply();
  const target::access by = at.access("shop");
  at.opens["tr_prod_new"] = registry_bench::whoami("env_stg", "STAGING");
  at.targets->renew({{"shop", at.made("tr_prod_new")}});
  CHECK(at.write(by).failed->what.code == target::codes::parked);
  CHECK(at.others("shop") == 0);
}

TEST_CASE("a key renewed while the old one is being proved is proved itself") {
  registry_bench at;
  at.add("shop", "tr_prod_old");
  at.apply();
  at.wires.at("shop")->hold(test::scripted_transport::reply(200, registry_bench::whoami("env_prod")));
  test::opening one;
  at.open(one, "shop");
  at.opens["tr_prod_new"] = registry_bench::whoami("env_stg", "STAGING");
  at.targets->renew({{"shop", at.made("tr_prod_new")}});
  at.wires.at("shop")->release();
  at.time.run();
  REQUIRE(one.done.has_value());
  CHECK(one.done->error().code == target::codes::parked);
}

TEST_CASE("a parked target is mended by a new key alone") {
  registry_bench at;
  at.add("shop", "tr_prod_old");
  at.opens.erase("tr_prod_old");
  at.apply();
  CHECK(at.opened("shop").error().code == target::codes::parked);
  at.opens["tr_prod_new"] = registry_bench::whoami("env_prod");
  at.targets->renew({{"shop", at.made("tr_prod_new")}});
  CHECK(at.opened("shop").has_value());
}
