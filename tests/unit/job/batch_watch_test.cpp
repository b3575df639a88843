// Batches that were sent, looked at until they are over.
#include "base/limits.hpp"
#include "job/batch_memo.hpp"
#include "unit/job/batch_send_bench.hpp"

#include <set>

using namespace triggerd;
using namespace triggerd::test;
using job::batch_memo;
using job::effect_state;
using nlohmann::json;
using goal = spec::wait_spec::goal;

TEST_CASE("without a wait a batch is looked at until the server has made its runs") {
  send_bench b;
  auto rows = b.sealed();
  b.wire->answer(200, send_bench::shown_batch("PROCESSING", false, {}));
  auto seen = b.observe(rows);
  CHECK(seen.changes.empty());
  CHECK(seen.look_again == milliseconds(limits::watch_soonest));
  b.time.advance(limits::pending_version_notice);
  SUBCASE("all became runs") {
    b.wire->answer(200, send_bench::shown_batch("PENDING", true, three));
    b.wire->answer(200, run_bench::shown_run("run_a", "QUEUED"));
    seen = b.observe(rows);
    REQUIRE(seen.changes.size() == 1);
    CHECK(seen.changes[0].what.state == effect_state::done);
    CHECK(seen.changes[0].what.items_ok == 3);
    CHECK(seen.changes[0].what.items_bad == 0);
    CHECK(seen.changes[0].what.notice.empty());
  }
  SUBCASE("its task is mistyped") {
    b.wire->answer(200, send_bench::shown_batch("PENDING", true, three));
    b.wire->answer(200, run_bench::shown_run("run_a", "PENDING_VERSION"));
    seen = b.observe(rows);
    CHECK(seen.changes.at(0).what.state == effect_state::done);
    CHECK(seen.changes.at(0).what.notice.find("PENDING_VERSION") != std::string::npos);
  }
  SUBCASE("one did not") {
    b.wire->answer(200,
                   send_bench::shown_batch("PARTIAL_FAILED", true, {"run_a", "run_b"},
                                           R"([{"index":2,"taskIdentifier":"t","error":"no room","errorCode":"X"}])"));
    b.wire->answer(200, run_bench::shown_run("run_a", "QUEUED"));
    seen = b.observe(rows);
    CHECK(seen.changes.at(0).what.state == effect_state::done);
    CHECK(seen.changes.at(0).what.items_ok == 2);
    CHECK(seen.changes.at(0).what.items_bad == 1);
    CHECK(*seen.changes.at(0).what.note == "1 of 3 items became no run: item 2 no room");
    CHECK(seen.changes.at(0).what.notice.find("item 2 no room") != std::string::npos);
  }
  SUBCASE("none did") {
    b.wire->answer(
        200, send_bench::shown_batch("ABORTED", true, {},
                                     R"([{"index":0,"error":"queue is full"},{"index":1,"error":"queue is full"}])"));
    seen = b.observe(rows);
    CHECK(seen.changes.at(0).what.state == effect_state::failed);
    CHECK(seen.changes.at(0).what.items_bad == 3);
    CHECK(seen.changes.at(0).what.note->find("queue is full") != std::string::npos);
  }
  SUBCASE("the server never gets round to it") {
    b.time.advance(b.what.seal_within);
    b.wire->answer(200, send_bench::shown_batch("PROCESSING", false, {}));
    seen = b.observe(rows);
    CHECK(seen.changes.at(0).what.state == effect_state::unknown);
    CHECK(seen.changes.at(0).what.code == "job.unsealed");
  }
}

TEST_CASE("only the first chunk of a leg is held for the look at its version") {
  send_bench b;
  b.numbered(4);
  b.what.chunk_items = 2;
  b.set();
  const auto all = b.plan();
  CHECK(batch_memo::read(all.actions.at(0).row.memo).look);
  CHECK_FALSE(batch_memo::read(all.actions.at(1).row.memo).look);
  auto rows = b.sealed();
  b.wire->answer(200, send_bench::shown_batch("PENDING", true, three));
  CHECK(b.observe(rows).changes.empty());
  rows[0].memo = [&] {
    auto memo = batch_memo::read(rows[0].memo);
    memo.look = false;
    return memo.write();
  }();
  b.wire->answer(200, send_bench::shown_batch("PENDING", true, three));
  CHECK(b.observe(rows).changes.at(0).what.state == effect_state::done);
}

TEST_CASE("with a wait the ends of all runs are counted, and finished items are remembered") {
  send_bench b;
  b.wait_for(goal::settled);
  b.job.idempotency.across_fires = true;
  b.what.item_key = "{{ item.id }}";
  b.prepare();
  const std::string key_a = batch_bench::key_of(b.row, 0);
  auto rows = b.sealed();
  b.time.advance(seconds(60));
  b.wire->answer(200, send_bench::shown_batch("PENDING", true, three));
  b.wire->answer(200, run_bench::shown_run("run_a", "EXECUTING"));  // the look for a version
  auto seen = b.observe(rows);
  REQUIRE(seen.changes.size() == 1);
  CHECK(seen.changes[0].what.state == effect_state::waiting);
  b.wire->answer(200, send_bench::shown_batch("COMPLETED", true, three));
  b.wire->answer(200, run_bench::shown_run("run_a", "COMPLETED", key_a));
  b.wire->answer(200, run_bench::shown_run("run_b", "FAILED"));
  b.wire->answer(200, run_bench::shown_run("run_c", "CANCELED"));
  seen = b.observe(rows);
  REQUIRE(seen.changes.size() == 1);
  const auto& what = seen.changes[0].what;
  CHECK(what.state == effect_state::done);  // whether that is enough is for the engine to judge
  CHECK(what.items_ok == 1);
  CHECK(what.items_bad == 2);
  CHECK(*what.note == "2 of 3 runs did not succeed: run_b FAILED (it broke); run_c CANCELED");
  REQUIRE(what.remember.size() == 1);
  CHECK(what.remember[0].space == "items:nightly:shop-prod");
  CHECK(what.remember[0].name == key_a);
  CHECK(what.remember[0].value == "run_a");
  // What failed is sent again by the next fire, what succeeded is not.
  b.fire.id = "02fire";
  b.fire.due += seconds(3'600);
  const auto rest = b.plan();
  REQUIRE(rest.actions.size() == 1);
  CHECK(rest.actions[0].row.items == 2);
}

TEST_CASE("many runs are read from lists, and only what lists lack is asked for by id") {
  send_bench b;
  b.wait_for(goal::success);
  auto rows = b.sealed();
  b.time.advance(seconds(60));
  std::vector<std::string> ids, listed;
  for (int i = 0; i < 40; ++i) {
    ids.push_back("run_" + std::to_string(i));
    if (i >= 3) listed.push_back(run_bench::shown_run(ids.back(), "COMPLETED"));
  }
  listed.push_back(run_bench::shown_run("run_2", "EXECUTING"));  // as the list lags
  rows[0].items = 40;
  b.wire->answer(200, send_bench::shown_batch("COMPLETED", true, ids));
  b.wire->answer(200, run_bench::shown_runs({listed.begin(), listed.begin() + 20}, "more"));
  b.wire->answer(200, run_bench::shown_runs({listed.begin() + 20, listed.end()}));
  b.wire->answer(200, run_bench::shown_run("run_0", "COMPLETED"));
  b.wire->answer(200, run_bench::shown_run("run_1", "COMPLETED"));
  b.wire->answer(200, run_bench::shown_run("run_2", "COMPLETED"));
  const auto seen = b.observe(rows);
  CHECK(seen.changes.at(0).what.state == effect_state::done);
  CHECK(seen.changes.at(0).what.items_ok == 40);
  CHECK(b.wire->steps_left() == 0);
  CHECK(b.wire->requests.size() == 6);
  CHECK(b.wire->requests.at(1).url.find("filter%5Bbatch%5D=batch_1") != std::string::npos);
}

TEST_CASE("counting goes on over several looks and counts no run twice") {
  send_bench b;
  b.wait_for(goal::success);
  auto rows = b.sealed();
  b.time.advance(seconds(60));
  const int count = 250;  // more than one look retrieves, and none of them in the list
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) ids.push_back("run_" + std::to_string(1'000 + i));
  rows[0].items = count;
  b.wire->otherwise([&](const net::request& what) {
    if (what.url.find("/batches/") != std::string::npos)
      return scripted_transport::reply(200, send_bench::shown_batch("COMPLETED", true, ids));
    if (what.url.find("/api/v1/runs") != std::string::npos)
      return scripted_transport::reply(200, run_bench::shown_runs({}));
    const std::string id = what.url.substr(what.url.rfind('/') + 1);
    return scripted_transport::reply(200, run_bench::shown_run(id, id.back() == '7' ? "FAILED" : "COMPLETED"));
  });
  std::uint64_t ok = 0, bad = 0;
  int looks = 0;
  for (bool going = true; going; ++looks) {
    const auto seen = b.observe(rows);
    REQUIRE(seen.changes.size() == 1);
    ok += seen.changes[0].what.items_ok;
    bad += seen.changes[0].what.items_bad;
    going = seen.changes[0].what.state == effect_state::waiting;
  }
  CHECK(looks == 3);
  CHECK(ok == 225);
  CHECK(bad == 25);
}

TEST_CASE("an error at any point of counting loses nothing") {
  for (int broken = 0; broken < 6; ++broken) {
    CAPTURE(broken);
    send_bench b;
    b.wait_for(goal::success);
    auto rows = b.sealed();
    b.time.advance(seconds(60));
    std::vector<std::string> ids;
    for (int i = 0; i < 12; ++i) ids.push_back("run_" + std::to_string(100 + i));
    rows[0].items = 12;
    int calls = 0;
    b.wire->otherwise([&](const net::request& what) {
      if (calls++ == broken) return broken % 2 ? scripted_transport::ambiguous() : scripted_transport::reply(503, "{}");
      if (what.url.find("/batches/") != std::string::npos)
        return scripted_transport::reply(200, send_bench::shown_batch("COMPLETED", true, ids));
      if (what.url.find("/api/v1/runs") != std::string::npos)
        return scripted_transport::reply(200, run_bench::shown_runs({}));
      return scripted_transport::reply(200,
                                       run_bench::shown_run(what.url.substr(what.url.rfind('/') + 1), "COMPLETED"));
    });
    std::uint64_t ok = 0;
    bool done = false;
    for (int looks = 0; looks < 4 && !done; ++looks)
      for (const auto& change : b.observe(rows).changes) {
        ok += change.what.items_ok;
        done = change.what.state == effect_state::done;
      }
    CHECK(done);
    CHECK(ok == 12);
  }
}

TEST_CASE("a batch that is not over in time fails with what is known") {
  send_bench b;
  const auto timeout = std::chrono::minutes(5);
  SUBCASE("left alone") {
    b.wait_for(goal::settled, timeout);
    auto rows = b.sealed();
    b.time.advance(timeout);
    b.wire->answer(200, send_bench::shown_batch("PENDING", true, three));
    b.wire->answer(200, run_bench::shown_run("run_a", "EXECUTING"));
    b.wire->answer(200, run_bench::shown_runs({run_bench::shown_run("run_a", "EXECUTING"),
                                               run_bench::shown_run("run_b", "COMPLETED"),
                                               run_bench::shown_run("run_c", "FAILED")}));
    const auto seen = b.observe(rows);
    REQUIRE(seen.changes.size() == 1);
    CHECK(seen.changes[0].what.state == effect_state::failed);
    CHECK(seen.changes[0].what.code == "job.wait-timeout");
    CHECK(seen.changes[0].what.items_ok == 1);
    CHECK(seen.changes[0].what.items_bad == 2);
    CHECK(seen.changes[0].what.note->starts_with("2 of 3 runs had not succeeded after 5m"));
  }
  SUBCASE("cancelled, with one bulk action, until the server took it") {
    b.wait_for(goal::settled, timeout, true);
    auto rows = b.sealed();
    b.time.advance(timeout);
    b.wire->answer(200, send_bench::shown_batch("PENDING", true, three));
    b.wire->answer(200, run_bench::shown_run("run_a", "EXECUTING"));
    b.wire->break_off();
    auto seen = b.observe(rows);
    CHECK_FALSE(batch_memo::read(rows[0].memo).cancelled.has_value());
    b.wire->answer(200, send_bench::shown_batch("PENDING", true, three));
    b.wire->answer(202, R"({"id":"bulk_1"})");
    seen = b.observe(rows);
    CHECK(seen.changes.at(0).what.state == effect_state::waiting);
    CHECK(b.asked_body().at("action") == "cancel");
    CHECK(b.asked_body().at("runIds") == json(three));
    b.wire->answer(200, send_bench::shown_batch("COMPLETED", true, three));
    b.wire->answer(200, run_bench::shown_run("run_a", "CANCELED"));
    b.wire->answer(200, run_bench::shown_run("run_b", "COMPLETED"));
    b.wire->answer(200, run_bench::shown_run("run_c", "CANCELED"));
    seen = b.observe(rows);
    CHECK(seen.changes.at(0).what.state == effect_state::failed);
    CHECK(seen.changes.at(0).what.code == "job.wait-timeout");
    CHECK(seen.changes.at(0).what.items_ok == 1);
    CHECK(seen.changes.at(0).what.items_bad == 2);
  }
  SUBCASE("cancelling is refused") {
    b.wait_for(goal::settled, timeout, true);
    auto rows = b.sealed();
    b.time.advance(timeout);
    b.wire->answer(200, send_bench::shown_batch("PENDING", true, three));
    b.wire->answer(200, run_bench::shown_run("run_a", "EXECUTING"));
    b.wire->answer(403, R"({"error":"Unauthorized"})");
    const auto seen = b.observe(rows);
    CHECK(seen.changes.at(0).what.state == effect_state::failed);
    CHECK(seen.changes.at(0).what.items_bad == 3);
    CHECK(seen.changes.at(0).what.note->find("could not be cancelled") != std::string::npos);
  }
}

TEST_CASE("a look at a batch that fails is repeated, unless it can never succeed") {
  send_bench b;
  auto rows = b.sealed();
  b.wire->answer(404, R"({"error":"Not found"})", {{"x-should-retry", "true"}});
  CHECK(b.observe(rows).changes.empty());
  b.wire->answer(403, R"({"error":"Unauthorized"})");
  SUBCASE("nobody waits for its runs") {
    const auto seen = b.observe(rows);
    CHECK(seen.changes.at(0).what.state == effect_state::done);
    CHECK(seen.changes.at(0).what.items_ok == 3);
    CHECK(seen.changes.at(0).what.note->find("cannot be seen") != std::string::npos);
  }
  SUBCASE("they are waited for") {
    b.wait_for(goal::settled);
    CHECK(b.observe(rows).changes.at(0).what.code == "api.forbidden");
  }
}

TEST_CASE("of many batches each gets its turn") {
  send_bench b;
  auto one = b.sealed().front();
  std::vector<store::action_row> rows;
  for (std::uint64_t i = 0; i < 200; ++i) {
    one.number = i;
    one.run = "batch_" + std::to_string(i);
    rows.push_back(one);
  }
  b.wire->otherwise([](const auto&) { return scripted_transport::reply(503, "{}"); });
  std::set<std::string> asked;
  for (int look = 0; look < 60; ++look) {
    b.wire->requests.clear();
    CHECK(b.observe(rows).look_again == milliseconds(limits::watch_soonest));
    CHECK(b.wire->requests.size() == limits::batches_per_look);
    for (const auto& request : b.wire->requests) asked.insert(request.url);
  }
  CHECK(asked.size() == 200);
}
