// An engine over a ledger in memory and targets whose replies are scripted, in virtual time.
#pragma once

#include "job/engine.hpp"
#include "unit/job/kind_bench.hpp"
#include "unit/target/registry_bench.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace triggerd::test {

class keeps_no_rejects final : public job::reject_files {
 public:
  result<> append(const std::string&, std::string_view) override { return {}; }
};

// One job on one target that cannot be reached: a fire that has begun stays at work.
struct engine_bench {
  registry_bench sites;
  virtual_time& time = sites.time;
  store::memory_disk disk;
  std::optional<store::memory_ledger> ledger;
  store::memory_spool spool{disk};
  no_log log;
  fake_inputs inputs;
  keeps_no_rejects rejects;
  job::event_hub events{time};
  spec::job_spec job;
  std::vector<milliseconds> late;
  std::optional<job::engine> engine;

  explicit engine_bench(spec::overlap_policy overlap) {
    sites.add("shop-prod", "tr_prod_shopInvented");
    sites.apply();
    sites.wires.at("shop-prod")->otherwise([](const auto&) { return scripted_transport::not_sent(); });
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

}  // namespace triggerd::test
