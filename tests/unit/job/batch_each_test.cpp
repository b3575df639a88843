// Batches whose items are triggered one by one.
#include "base/limits.hpp"
#include "unit/job/batch_send_bench.hpp"

#include <set>

using namespace triggerd;
using namespace triggerd::test;
using job::effect_state;
using goal = spec::wait_spec::goal;

TEST_CASE("send = each triggers, doubts and waits as a trigger does, and a bad end only counts") {
  batch_bench b;
  b.what.each = true;
  b.what.item_key = "{{ item.id }}";
  b.job.idempotency.across_fires = true;
  b.job.wait.until = goal::success;
  b.numbered(2);
  b.set();
  const auto all = b.plan();
  std::vector<store::action_row> rows;
  for (const auto& action : all.actions) rows.push_back(b.stored(action.row));
  b.wire->break_off();
  CHECK(b.apply(rows[0]).state == effect_state::again);
  b.wire->answer(200, run_bench::shown_runs({run_bench::shown_run("run_0", "QUEUED")}));
  CHECK(b.resolve(rows[0], true).run == "run_0");
  b.wire->answer(200, R"({"id":"run_1","isCached":false})");
  CHECK(b.apply(rows[1]).state == effect_state::waiting);
  b.wire->answer(200, run_bench::shown_runs({run_bench::shown_run("run_0", "COMPLETED")}));
  b.wire->answer(200, run_bench::shown_run("run_0", "COMPLETED"));
  b.wire->answer(200, run_bench::shown_run("run_1", "FAILED"));
  b.time.advance(limits::pending_version_notice);
  const auto seen = b.observe(rows);
  REQUIRE(seen.changes.size() == 2);
  std::uint64_t ok = 0, bad = 0;
  for (const auto& change : seen.changes) {
    CHECK(change.what.state == effect_state::done);
    ok += change.what.items_ok;
    bad += change.what.items_bad;
  }
  CHECK(ok == 1);
  CHECK(bad == 1);
  const auto rest = b.plan();
  REQUIRE(rest.actions.size() == 1);
  CHECK(rest.actions[0].row.key == rows[1].key);
}

TEST_CASE("many single runs are watched by lists of their tags") {
  batch_bench b;
  b.what.each = true;
  b.job.wait.until = goal::success;
  b.numbered(120);
  b.set();
  std::vector<store::action_row> rows;
  std::map<std::string, std::string> run_of;  // tag -> run
  for (const auto& action : b.plan().actions) {
    rows.push_back(b.stored(action.row));
    rows.back().run = "run_" + std::to_string(rows.back().number);
    rows.back().memo.clear();
    run_of[job::action_tag(rows.back())] = rows.back().run;
  }
  std::size_t lists = 0, retrieves = 0;
  b.wire->otherwise([&](const net::request& what) {
    if (what.url.find("/api/v1/runs?") == std::string::npos) {
      ++retrieves;
      return scripted_transport::reply(200,
                                       run_bench::shown_run(what.url.substr(what.url.rfind('/') + 1), "EXECUTING"));
    }
    ++lists;
    CHECK(what.url.size() < 4'096);
    std::vector<std::string> shown;
    for (const auto& row : rows)
      if (row.number % 2 == 0) shown.push_back(run_bench::shown_run(row.run, "COMPLETED"));
    shown.push_back(run_bench::shown_run("run_somebody_elses", "COMPLETED"));
    return scripted_transport::reply(200, run_bench::shown_runs(shown));
  });
  const auto seen = b.observe(rows);
  CHECK(lists == 3);
  CHECK(retrieves == limits::run_looks);
  CHECK(seen.changes.size() == 60);
  std::set<std::uint64_t> numbers;
  for (const auto& change : seen.changes) {
    CHECK(change.what.items_ok == 1);
    numbers.insert(change.number);
  }
  CHECK(numbers.size() == 60);
}
