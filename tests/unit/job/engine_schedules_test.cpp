// Schedules in force, and what falls due.
#include "unit/job/engine_bench.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace triggerd;
using test::engine_bench;

namespace {

using store::fire_state;

// All due at once, ten seconds from now.
spec::job_list due_at_once(const engine_bench& b, int count) {
  spec::job_list out;
  for (int i = 0; i < count; ++i) {
    spec::job_spec one = b.job;
    one.name += std::to_string(i);
    one.schedule.at = {b.time.now() + std::chrono::seconds(10)};
    out.push_back(std::make_shared<const spec::job_spec>(std::move(one)));
  }
  return out;
}

}  // namespace

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

TEST_CASE(
    "of many fires that are due at once the first count as kept with their own commit, and none begins before the "
    "last") {
  engine_bench b(spec::overlap_policy::skip);
  b.time.spawn(engine_bench::begin(*b.engine, due_at_once(b, 200)));
  b.time.advance(milliseconds(10));
  b.disk.commit_takes = [] { return milliseconds(300); };
  b.time.advance(std::chrono::seconds(10) + milliseconds(300));
  CHECK(b.late == std::vector<milliseconds>(64, milliseconds(300)));
  CHECK(b.engine->running() == 0);
  b.time.advance(milliseconds(300));
  CHECK(b.late.size() == 200);
  CHECK(b.late.back() == milliseconds(600));
  CHECK(b.engine->running() == 200);
  b.time.advance(std::chrono::seconds(1));
}
