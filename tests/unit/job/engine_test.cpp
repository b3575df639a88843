// Which fires an engine lets begin.
#include "job/engine.hpp"
#include "job/codes.hpp"
#include "unit/job/kind_bench.hpp"
#include "unit/target/registry_bench.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace triggerd;

namespace {

class keeps_no_rejects final : public job::reject_files {
 public:
  result<> append(const std::string&, std::string_view) override { return {}; }
};

// One job on one target that cannot be reached: a fire that has begun stays at work.
struct engine_bench {
  test::registry_bench sites;
  test::virtual_time& time = sites.time;
  store::memory_disk disk;
  std::optional<store::memory_ledger> ledger;
  store::memory_spool spool{disk};
  no_log log;
  test::fake_inputs inputs;
  keeps_no_rejects rejects;
  job::event_hub events{time};
  spec::job_spec job;
  std::vector<milliseconds> late;
  std::optional<job::engine> engine;

  explicit engine_bench(spec::overlap_policy overlap) {
    sites.add("shop-prod", "tr_prod_shopInvented");
    sites.apply();
    sites.wires.at("shop-prod")->otherwise([](const auto&) { return test::scripted_transport::not_sent(); });
    job.name = "nightly";
    job.targets = {"*"};
    job.overlap = overlap;
    job.what = spec::trigger_spec{};
    start();
  }
  void start() {
    ledger.emplace(disk, time, time);
    job::engine_world world{time.loop().get_executor(),
                            time,
                            time,
                            sites.random,
                            log,
                            *ledger,
                            spool,
                            *sites.targets,
                            inputs,
                            rejects,
                            events,
                            "a key for digests",
                            [this](const std::string&) { return job; }};
    world.on_due = [this](milliseconds by) { late.push_back(by); };
    engine.emplace(std::move(world));
  }
  ~engine_bench() { stop(); }
  void stop() {
    time.spawn(engine->close());
    time.run();
    engine.reset();
    ledger.reset();
  }

  static task<> begin(job::engine& of, spec::job_list jobs) {
    co_await of.recover();
    co_await of.set_jobs(std::move(jobs));
    of.open();
  }
  void open() {
    time.spawn(begin(*engine, {std::make_shared<const spec::job_spec>(job)}));
    time.advance(milliseconds(10));
  }
  static task<> ask(job::engine& of, std::vector<result<std::string>>& said) {
    job::run_request what;
    what.job = "nightly";
    said.push_back(co_await of.run(std::move(what)));
  }
  // Asked in one turn of the loop, before the rows of any are durable.
  std::vector<result<std::string>> ask_at_once(int times) {
    std::vector<result<std::string>> said;
    for (int i = 0; i < times; ++i) time.spawn(ask(*engine, said));
    time.advance(milliseconds(100));
    return said;
  }
  std::map<store::fire_state, int> states() const {
    std::map<store::fire_state, int> out;
    for (const auto& fire : disk.rows().fires({})) ++out[fire.state];
    return out;
  }
};

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

TEST_CASE("of instants that fall due at one moment the overlap policy lets one begin") {
  engine_bench b(spec::overlap_policy::skip);
  b.job.schedule.every = std::chrono::seconds(1);
  b.open();
  b.time.step_wall(std::chrono::seconds(4));  // asleep for a while
  b.time.advance(std::chrono::seconds(1));
  CHECK(b.engine->running() == 1);
  CHECK(b.states()[fire_state::running] == 1);
  CHECK(b.states()[fire_state::skipped] >= 2);
}

TEST_CASE("a scheduled fire that begins tells how late it is, one that is left out does not") {
  engine_bench b(spec::overlap_policy::skip);
  b.job.schedule.every = std::chrono::seconds(5);
  b.open();
  b.ask_at_once(1);
  CHECK(b.late.empty());
  b.disk.commit_takes = [] { return milliseconds(300); };
  b.time.advance(std::chrono::seconds(6));
  CHECK(b.states()[fire_state::skipped] >= 1);
  CHECK(b.late.empty());
  b.time.spawn([](job::engine& of) -> task<> {
    std::string id = of.at_work().front().row.id, by = "test";
    co_await of.cancel(std::move(id), std::move(by));
  }(*b.engine));
  b.time.advance(std::chrono::seconds(10));
  CHECK(b.late == std::vector<milliseconds>{milliseconds(300)});
}

TEST_CASE("a reload waits for the ledger only when a schedule is another now") {
  engine_bench b(spec::overlap_policy::skip);
  b.job.schedule.every = std::chrono::hours(1);
  b.open();
  b.disk.commit_takes = [] { return std::chrono::seconds(10); };
  b.time.spawn([](job::engine& of) -> task<> {
    job::run_request what;
    what.job = "nightly";
    co_await of.run(std::move(what));
  }(*b.engine));
  b.time.advance(milliseconds(10));  // a commit is under way
  const auto reload = [&b] {
    bool done = false;
    b.time.spawn([](job::engine& of, spec::job_list jobs, bool& done) -> task<> {
      co_await of.set_jobs(std::move(jobs));
      done = true;
    }(*b.engine, {std::make_shared<const spec::job_spec>(b.job)}, done));
    b.time.advance(milliseconds(10));
    const bool at_once = done;
    b.time.advance(std::chrono::minutes(1));
    CHECK(done);
    return at_once;
  };
  b.job.timeout = std::chrono::minutes(7);
  CHECK(reload());
  b.disk.commit_takes = [] { return std::chrono::seconds(10); };
  b.job.schedule.every = std::chrono::hours(2);
  CHECK_FALSE(reload());
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
