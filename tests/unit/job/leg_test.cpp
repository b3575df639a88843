// Legs of an earlier process whose target cannot be opened any more.
#include "job/leg.hpp"
#include "base/limits.hpp"
#include "target/registry.hpp"
#include "unit/job/kind_bench.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using store::action_state;
using store::leg_state;

namespace {

class no_rejects final : public job::reject_files {
 public:
  result<> append(const std::string&, std::string_view) override { return {}; }
};

// No target is configured.
struct leg_bench {
  test::virtual_time time;
  store::memory_disk disk;
  store::memory_ledger ledger{disk, time, time};
  store::memory_spool spool{disk};
  no_log log;
  seeded_random random{1};
  test::fake_inputs inputs;
  no_rejects rejects;
  job::event_hub events{time};
  job::journal journal{ledger, time.loop().get_executor(), time, time, log};
  target::registry targets{{time.loop().get_executor(), time, time, random, log, {}, {}, {}, 64}};
  job::kind_world kinds{time, random, inputs, "a key for digests"};
  std::unique_ptr<job::kind> trigger = job::make_trigger_kind(kinds);
  job::shared_count shared;
  condition shared_moved;
  job::leg_world world{time.loop().get_executor(),
                       time,
                       time,
                       random,
                       log,
                       journal,
                       spool,
                       targets,
                       rejects,
                       events,
                       [this](spec::job_kind) -> job::kind& { return *trigger; },
                       shared,
                       shared_moved};
  spec::job_spec job;
  store::fire_row fire;
  store::leg_row leg;

  leg_bench() {
    job.name = "nightly";
    job.what = spec::trigger_spec{};
    fire.id = leg.fire = "01j000000000000000000000aa";
    leg.target = "gone";
    leg.state = leg_state::running;
    leg.planned = true;
  }
  ~leg_bench() {
    time.spawn(journal.close());
    time.spawn(targets.close());
    time.run();
  }

  void stored(std::uint64_t number, action_state state, std::string run = {}) {
    store::action_row row;
    row.fire = fire.id;
    row.target = leg.target;
    row.number = number;
    row.kind = "trigger";
    row.state = state;
    row.run = std::move(run);
    row.body = "{}";
    journal.put(leg);
    journal.put(row);
    leg.memo = R"({"next":)" + std::to_string(number + 1) + "}";
    ++leg.actions;
  }
  static task<> carry(job::leg_runner& leg, bool& over) {
    std::function<void()> all_sent;
    co_await leg.run(std::move(all_sent));
    over = true;
  }
  store::leg_row go_on() {
    job::leg_runner runner(world, job, fire, leg, true);
    bool over = false;
    time.spawn(carry(runner, over));
    time.advance(std::chrono::minutes(1));
    CHECK(over);
    return runner.row();
  }
  std::vector<store::action_row> actions() { return disk.rows().actions(fire.id, leg.target, 0, 10'000, false); }
};

}  // namespace

TEST_CASE("a leg whose target was removed says what is unknown of what an earlier process began") {
  leg_bench b;
  b.stored(0, action_state::intended);
  b.stored(1, action_state::waiting, "run_1");
  const auto ended = b.go_on();
  CHECK(ended.state == leg_state::unknown);
  CHECK(ended.unknown == 1);
  const auto actions = b.actions();
  REQUIRE(actions.size() == 2);
  CHECK(actions[0].state == action_state::unknown);
  CHECK(actions[0].code == "job.unknown-effect");
  CHECK(actions[0].body == "{}");  // for a retry by hand
  CHECK(actions[1].state == action_state::done);
  CHECK(actions[1].note == "its end was not waited for");
}

TEST_CASE("what is planned anew is not called unsent when it may have left") {
  leg_bench b;
  b.stored(0, action_state::intended);
  b.stored(1, action_state::intended);
  store::action_change sent;
  sent.fire = b.fire.id;
  sent.target = b.leg.target;
  sent.tries = 1;
  b.journal.change(std::move(sent));
  b.leg.memo = R"({"next":2,"volatile":true})";
  CHECK(b.go_on().state == leg_state::failed);
  const auto actions = b.actions();
  REQUIRE(actions.size() == 2);
  for (const auto& action : actions) CHECK(action.state == action_state::cancelled);
  CHECK(actions[0].note == "may have been sent; planned anew or not at all");
  CHECK(actions[1].note == "never sent; planned anew or not at all");
}

TEST_CASE("no action is overlooked when a leg ends with more of them than memory holds") {
  leg_bench b;
  for (std::uint64_t i = 0; i < 2 * limits::actions_in_memory + 3; ++i) b.stored(i, action_state::intended);
  const auto ended = b.go_on();
  CHECK(ended.unknown == 2 * limits::actions_in_memory + 3);
  for (const auto& action : b.actions()) CHECK(action.state == action_state::unknown);
}

TEST_CASE("a leg whose target was removed before it began anything has only failed") {
  leg_bench b;
  b.leg.planned = false;
  const auto ended = b.go_on();
  CHECK(ended.state == leg_state::failed);
  CHECK(ended.note.find("no longer configured") != std::string::npos);
}
