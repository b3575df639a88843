// Which fires an engine lets begin.
#include "unit/job/engine_bench.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace triggerd;
using test::engine_bench;

namespace {

// How many of the targets have been sent their trigger, in the order of the job.
std::vector<long> triggers_of(const engine_bench& b) {
  std::vector<long> out;
  for (const std::string& name : b.job.targets) {
    const auto& sent = b.sites.wires.at(name)->requests;
    out.push_back(std::count_if(sent.begin(), sent.end(),
                                [](const auto& one) { return one.url.find("/trigger") != std::string::npos; }));
  }
  return out;
}

// The server's list of failed runs, and a replay that leaves just when the target is paused, or is refused for now.
void fail_one_run(engine_bench& b, bool pause) {
  using wire = test::scripted_transport;
  spec::replay_spec how;
  how.select.from = "-2h";
  how.select.to = "-1h";
  how.single = true;
  b.job.what = how;
  b.sites.wires.at("shop-prod")->otherwise([&b, pause](const auto& what) {
    if (what.url.find("whoami") != std::string::npos) return wire::reply(200, test::registry_bench::whoami("env_prod"));
    if (what.url.find("/replay") != std::string::npos) return wire::reply(429, "{}", {{"retry-after", "600"}});
    if (pause) b.sites.targets->pause({"shop-prod"}, "test", std::nullopt);
    return wire::reply(200, R"({"data":[{"id":"run_1","status":"FAILED","taskIdentifier":"sync"}],"pagination":{}})");
  });
}

using store::fire_state;
using states = std::map<fire_state, int>;

}  // namespace

TEST_CASE("of runs that are asked for at one moment the overlap policy lets one begin") {
  SUBCASE("skip refuses the others") {
    engine_bench b(spec::overlap_policy::skip);
    b.open();
    const auto said = b.ask_at_once(3);
    REQUIRE(said.size() == 3);
    CHECK(std::count_if(said.begin(), said.end(), [](const auto& one) { return one.has_value(); }) == 1);
    CHECK(b.states() == states{{fire_state::running, 1}});
  }
  SUBCASE("queue lets the others wait") {
    engine_bench b(spec::overlap_policy::queue);
    b.open();
    b.ask_at_once(3);
    CHECK(b.engine->running() == 1);
    CHECK(b.states() == states{{fire_state::running, 1}, {fire_state::queued, 2}});
  }
  SUBCASE("replace ends the first") {
    engine_bench b(spec::overlap_policy::replace);
    b.open();
    b.ask_at_once(2);
    CHECK(b.engine->running() == 1);
    CHECK(b.states() == states{{fire_state::running, 1}, {fire_state::cancelled, 1}});
  }
  SUBCASE("allow lets all of them begin") {
    engine_bench b(spec::overlap_policy::allow);
    b.open();
    b.ask_at_once(3);
    CHECK(b.engine->running() == 3);
  }
}

TEST_CASE("the next target begins when a trigger is sent, or has ended when its end is waited for") {
  engine_bench b(spec::overlap_policy::skip);
  for (const std::string name : {"crm", "pay", "web"}) b.sites.add(name, "tr_prod_" + name + "Invented");
  b.sites.apply();
  b.job.targets = {"crm", "pay", "web"};
  b.job.parallel = 1;
  spec::trigger_spec hello;
  hello.task = "hello";
  b.job.what = hello;
  SUBCASE("a look at the first runs holds nobody up") {
    b.open();
    b.ask_at_once(1);
    b.time.advance(seconds(2));
    CHECK(triggers_of(b) == std::vector<long>{1, 1, 1});
    CHECK(b.engine->running() == 1);
    b.time.advance(seconds(20));
    CHECK(b.states() == states{{fire_state::done, 1}});
  }
  SUBCASE("a run that goes on does") {
    b.job.wait.until = spec::wait_spec::goal::success;
    b.open();
    b.ask_at_once(1);
    b.time.advance(seconds(20));
    CHECK(triggers_of(b) == std::vector<long>{1, 0, 0});
  }
}

TEST_CASE("actions that wait to be tried again hold up none that could go, and no more go than the target takes") {
  engine_bench b(spec::overlap_policy::skip);
  spec::limit_spec narrow;
  narrow.name = "narrow";
  narrow.in_flight = 1;
  b.sites.inputs.limits.push_back(narrow);
  b.sites.specs.back().limit = "narrow";
  b.sites.apply();
  auto& wire = *b.sites.wires.at("shop-prod");
  const auto sent = [&] { return triggers_of(b).front(); };
  std::set<std::string> bodies;
  spec::batch_spec each;
  each.task = "hello";
  each.each = true;
  b.job.targets = {"shop-prod"};
  SUBCASE("in trouble") {
    for (int i = 0; i < 7; ++i) each.items.push_back(std::to_string(i));
    wire.otherwise([&](const auto& what) {
      using wire = test::scripted_transport;
      if (what.url.find("whoami") != std::string::npos)
        return wire::reply(200, test::registry_bench::whoami("env_prod"));
      if (what.body) bodies.insert(*what.body);
      if (sent() <= 5) return wire::reply(503, "{}");
      return wire::reply(200, R"({"id":"run_)" + std::to_string(sent()) + "\"}");
    });
    b.job.what = each;
    b.open();
    b.ask_at_once(1);
    CHECK(bodies.size() == 7);  // though five were put off
    b.time.advance(std::chrono::minutes(1));
    CHECK(sent() == 12);
  }
  SUBCASE("in trouble, and nothing else is left") {
    each.items = {"0"};
    wire.otherwise([&](const auto& what) {
      using wire = test::scripted_transport;
      if (what.url.find("whoami") != std::string::npos)
        return wire::reply(200, test::registry_bench::whoami("env_prod"));
      return sent() == 1 ? wire::reply(503, "{}") : wire::reply(200, R"({"id":"run_1"})");
    });
    b.job.what = each;
    b.open();
    b.ask_at_once(1);
    CHECK(sent() == 1);
    b.time.advance(std::chrono::minutes(1));
    CHECK(sent() == 2);
  }
  SUBCASE("at rest") {
    for (int i = 0; i < 40; ++i) each.items.push_back(std::to_string(i));
    std::size_t most = 0;
    wire.otherwise([&](const auto& what) {
      using wire = test::scripted_transport;
      if (what.url.find("whoami") != std::string::npos)
        return wire::reply(200, test::registry_bench::whoami("env_prod"));
      const auto target = b.sites.find("shop-prod");
      most = std::max(most, target->in_flight() + target->queued());
      return wire::reply(200, R"({"id":"run_)" + std::to_string(sent()) + "\"}");
    });
    b.job.what = each;
    b.open();
    b.ask_at_once(1);
    b.time.advance(std::chrono::minutes(1));
    CHECK(sent() == 40);
    CHECK(most == 2);  // one on the wire, and the next at the door
  }
}

TEST_CASE("a replay that waited when the daemon ended is sent by the next one, since it had no effect") {
  engine_bench b(spec::overlap_policy::skip);
  SUBCASE("for its paused target") { fail_one_run(b, true); }
  SUBCASE("for the server's leave") { fail_one_run(b, false); }
  b.open();
  b.ask_at_once(1);
  b.time.advance(seconds(10));
  b.stop();
  const auto fires = b.disk.rows().fires({});
  REQUIRE(fires.size() == 1);
  const auto actions = b.disk.rows().actions(fires[0].id, "shop-prod", 0, 10, false);
  REQUIRE(actions.size() == 1);
  CHECK(actions[0].state == store::action_state::intended);

  b.sites.targets->resume({"shop-prod"});
  b.sites.wires.at("shop-prod")->answer(200, R"({"id":"run_new"})");
  b.start();
  b.open();
  b.time.advance(std::chrono::minutes(20));
  CHECK(b.states() == states{{fire_state::done, 1}});
}
