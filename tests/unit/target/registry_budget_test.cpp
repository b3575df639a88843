// Targets that share a budget, and how many requests are out at once.
#include "registry_bench.hpp"

using namespace triggerd;
using test::registry_bench;

namespace {

// Rate headers of a reply: `remaining` of 750, more in `wait`.
test::scripted_transport::header_list rate(const registry_bench& at, int remaining, milliseconds wait) {
  const auto reset = (at.time.now() + wait).time_since_epoch().count();
  return {{"x-ratelimit-limit", "750"},
          {"x-ratelimit-remaining", std::to_string(remaining)},
          {"x-ratelimit-reset", std::to_string(reset)}};
}

}  // namespace

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
