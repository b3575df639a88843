#include "registry_bench.hpp"

#include "base/text.hpp"

using namespace triggerd;
using target::target_state;
using test::registry_bench;
using list = std::vector<std::string>;

namespace {

task<> close(target::registry& of, bool& over) {
  co_await of.close();
  over = true;
}

// Rate headers of a reply: `remaining` of 750, more in `wait`.
test::scripted_transport::header_list rate(const registry_bench& at, int remaining, milliseconds wait) {
  const auto reset = (at.time.now() + wait).time_since_epoch().count();
  return {{"x-ratelimit-limit", "750"},
          {"x-ratelimit-remaining", std::to_string(remaining)},
          {"x-ratelimit-reset", std::to_string(reset)}};
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

TEST_CASE("two keys of one environment share its budget, and another environment goes on") {
  registry_bench at;
  at.add("a", "tr_prod_a");
  at.add("b", "tr_prod_b");
  at.add("other", "tr_prod_other", "env_other");
  at.apply();
  const target::access a = at.access("a"), b = at.access("b"), other = at.access("other");
  at.wires.at("a")->answer(429, "{}", rate(at, 0, seconds(10)));
  CHECK(at.write(a).failed->kind == api::failure_kind::throttled);
  test::sending held;
  at.send(held, b, api::cancel_run("run_1").what);
  CHECK_FALSE(held.done.has_value());
  CHECK(at.write(other).seen.reply.status == 200);
  CHECK(at.find("b")->budget()->remaining == 0);
  CHECK(at.time.armed() == 1);
  at.time.advance(seconds(9));
  CHECK_FALSE(held.done.has_value());
  at.time.advance(seconds(3));
  CHECK(held.done.has_value());
}

TEST_CASE("a branch is charged to its parent's budget") {
  registry_bench at;
  for (const char* branch : {"x", "y"}) {
    auto& of = at.add(branch, std::string("tr_preview_") + branch);
    of.env = spec::environment::preview;
    of.branch = branch;
    at.opens[std::string("tr_preview_") + branch] =
        std::string(R"({"id":"env_)") + branch +
        R"(","slug":"p","type":"PREVIEW","parentEnvironmentId":"env_preview",)" + R"("branchName":")" + branch +
        R"(","project":{"externalRef":"proj_shop"}})";
  }
  at.apply();
  const target::access x = at.access("x"), y = at.access("y");
  CHECK(x.identity() == "env_x@x");
  at.wires.at("x")->answer(429, "{}", rate(at, 0, seconds(10)));
  at.write(x);
  test::sending held;
  at.send(held, y, api::cancel_run("run_1").what);
  CHECK_FALSE(held.done.has_value());
  at.time.advance(seconds(12));
  CHECK(held.done.has_value());
}

TEST_CASE("a budget that replies tell of is shown") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.words["tr_prod_shop"] = rate(at, 700, seconds(10));
  at.apply();
  CHECK_FALSE(at.find("shop")->budget().has_value());
  at.access("shop");
  const auto seen = at.find("shop")->budget();
  REQUIRE(seen.has_value());
  CHECK(seen->limit == 750);
  CHECK(seen->remaining == 700);
  CHECK(seen->reset == at.time.now() + seconds(10));
}

TEST_CASE("a target sends no more at once than its limit says, and all together no more than the whole") {
  registry_bench at(3);
  at.add("a", "tr_prod_a").limit = "two";
  at.add("b", "tr_prod_b", "env_other").limit = "two";
  at.inputs.limits.push_back({"two", std::nullopt, 60, 2, std::nullopt, 1'000});
  at.apply();
  const target::access a = at.access("a"), b = at.access("b");
  std::vector<std::unique_ptr<test::sending>> all;
  const auto send = [&](const std::string& name, const target::access& by) {
    at.wires.at(name)->hold(test::scripted_transport::reply(200, "{}"));
    all.push_back(std::make_unique<test::sending>());
    at.send(*all.back(), by, api::cancel_run("run_1").what);
  };
  for (int i = 0; i < 3; ++i) send("a", a);
  CHECK(at.find("a")->in_flight() == 2);
  for (int i = 0; i < 3; ++i) send("b", b);
  CHECK(at.targets->in_flight() == 3);
  CHECK(at.targets->queued() == 3);
  for (int i = 0; i < 12; ++i) {
    at.wires.at("a")->release();
    at.wires.at("b")->release();
    at.time.run();
  }
  for (const auto& one : all) CHECK(one->done.has_value());
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
