#include "api/codes.hpp"
#include "base/limits.hpp"
#include "job/batch_memo.hpp"
#include "job/codes.hpp"
#include "unit/job/batch_bench.hpp"

#include <set>

using namespace triggerd;
using namespace triggerd::test;
using job::batch_memo;
using job::effect_state;
using nlohmann::json;
using goal = spec::wait_spec::goal;

namespace {

constexpr auto created = R"({"id":"batch_1","runCount":3,"isCached":false})";
constexpr auto created_anew = R"({"id":"batch_2","runCount":3,"isCached":false})";
constexpr auto all_in = R"({"id":"batch_1","itemsAccepted":3,"itemsDeduplicated":0,"sealed":true,"runCount":3})";
constexpr auto short_by_one =
    R"({"id":"batch_1","itemsAccepted":2,"itemsDeduplicated":0,"sealed":false,"runCount":3,"enqueuedCount":2,"expectedCount":3})";

struct send_bench : batch_bench {
  store::action_row row;

  send_bench() { prepare(); }
  void prepare() {
    numbered(3);
    set();
    row = only_action();
  }
  job::effect send() { return apply(row); }

  // A sealed chunk, as the engine holds it.
  std::vector<store::action_row> sealed() {
    wire->answer(202, created);
    wire->answer(200, all_in);
    REQUIRE(send().state == effect_state::waiting);
    wire->requests.clear();
    return {row};
  }
  static std::string shown_batch(const std::string& status, bool processed, const std::vector<std::string>& runs,
                                 const std::string& errors = "[]") {
    json batch{{"id", "batch_1"}, {"status", status}, {"runCount", 3}, {"runs", runs}};
    batch["processing"] = {{"errors", json::parse(errors)}};
    if (processed) batch["processing"]["completedAt"] = "2026-11-24T02:24:31.000Z";
    return batch.dump();
  }
  void wait_for(goal until, milliseconds timeout = milliseconds(0), bool cancels = false) {
    job.wait.until = until;
    if (timeout.count() > 0) job.wait.timeout = timeout;
    job.wait.cancel_on_timeout = cancels;
  }
};

const std::vector<std::string> three{"run_a", "run_b", "run_c"};

}  // namespace

TEST_CASE("a chunk is created, then streamed whole, then watched") {
  send_bench b;
  b.wire->answer(202, created);
  b.wire->answer(200, all_in);
  const auto done = b.send();
  CHECK(done.state == effect_state::waiting);
  CHECK(done.run == "batch_1");
  CHECK(done.drop_body);
  CHECK(done.key->size() == 64);
  REQUIRE(b.wire->requests.size() == 2);
  const json create = b.asked_body(1);
  CHECK(b.asked(1).url == "http://api.test/api/v3/batches");
  CHECK(create.at("runCount") == 3);
  CHECK(create.at("taskIdentifiers") == json::array({"import-order"}));
  CHECK(create.at("idempotencyKey") == *done.key);
  CHECK(b.asked().url == "http://api.test/api/v3/batches/batch_1/items");
  CHECK(b.asked().chunked);
  CHECK(*b.asked().body == b.row.body);
  // The items are charged once, where the server charges them.
  REQUIRE(b.target->sent.size() == 2);
  CHECK(b.target->sent[0].batch_items == 3);
  CHECK(b.target->sent[1].batch_items == 0);
}

TEST_CASE("a create that did not answer is made anew under another key, with the same items") {
  send_bench b;
  const std::string items = b.row.body;
  SUBCASE("lost") { b.wire->break_off(); }
  SUBCASE("fault") { b.wire->answer(500, "{}"); }
  SUBCASE("unreadable") { b.wire->answer(202, "{"); }
  SUBCASE("not sent") { b.wire->refuse(); }
  SUBCASE("throttled") { b.wire->answer(429, R"({"error":"Batch rate limit exceeded."})", {{"retry-after", "10"}}); }
  const auto lost = b.send();
  CHECK(lost.state == effect_state::again);
  REQUIRE(lost.why.has_value());
  CHECK(lost.why->kind != api::failure_kind::ambiguous);  // an orphan holds nothing
  CHECK_FALSE(lost.why->may_have_happened);
  CHECK(batch_memo::read(b.row.memo).batch.empty());
  const std::string first_key = b.asked_body().at("idempotencyKey");
  b.wire->answer(202, created_anew);
  b.wire->answer(200, all_in);
  const auto done = b.send();
  CHECK(done.run == "batch_2");
  CHECK(b.asked_body(1).at("idempotencyKey") != first_key);
  CHECK(*b.asked().body == items);
}

TEST_CASE("a create that is refused fails all its items with the server's words") {
  send_bench b;
  SUBCASE("400") {
    b.wire->answer(400, R"({"error":"Validation error"})");
    const auto done = b.send();
    CHECK(done.state == effect_state::failed);
    CHECK(done.items_bad == 3);
    CHECK(done.note->find("Validation error") != std::string::npos);
  }
  SUBCASE("a server without batches") {
    b.wire->answer(404, "<html>");
    CHECK(b.send().note->find("send = \"each\"") != std::string::npos);
  }
  SUBCASE("401") {
    b.wire->answer(401, R"({"error":"Invalid API key"})");
    CHECK(b.send().state == effect_state::failed);
  }
}

TEST_CASE("a stream that breaks is repeated whole into the same batch") {
  send_bench b;
  b.wire->answer(202, created);
  int counts = 1;
  SUBCASE("lost") { b.wire->break_off(); }
  SUBCASE("fault") { b.wire->answer(502, "{}"); }
  SUBCASE("unreadable") { b.wire->answer(200, "{}"); }
  SUBCASE("short") { b.wire->answer(200, short_by_one); }
  SUBCASE("not sent") {
    b.wire->refuse();
    counts = 0;
  }
  SUBCASE("throttled") {
    b.wire->answer(429, "{}", {{"retry-after", "1"}});
    counts = 0;
  }
  const auto broken = b.send();
  CHECK(broken.state == effect_state::again);
  CHECK(broken.run == "batch_1");
  CHECK_FALSE(broken.drop_body);
  CHECK(broken.why->kind != api::failure_kind::ambiguous);
  const auto memo = batch_memo::read(b.row.memo);
  CHECK(memo.batch == "batch_1");
  CHECK(memo.streams == counts);
  b.wire->answer(200, all_in);
  CHECK(b.send().state == effect_state::waiting);
  CHECK(b.wire->requests.size() == 3);
  CHECK(b.asked().url.ends_with("/batch_1/items"));
  CHECK(*b.asked().body == b.row.body);
}

TEST_CASE("a batch is streamed into at most so often, then reported unsealed with its id") {
  send_bench b;
  b.wire->answer(202, created);
  SUBCASE("the server keeps saying that it is short") {
    b.wire->otherwise([](const auto&) { return scripted_transport::reply(200, short_by_one); });
    for (int i = 1; i < limits::batch_item_attempts; ++i) {
      const auto once_more = b.send();
      REQUIRE(once_more.state == effect_state::again);
      CHECK(once_more.free_retry);
    }
    const auto over = b.send();
    CHECK(over.state == effect_state::failed);
    CHECK(over.code == "job.unsealed");
    CHECK(over.items_bad == 3);
    CHECK(over.note->find("batch_1") != std::string::npos);
    CHECK(over.note->find("2 of 3 items") != std::string::npos);
  }
  SUBCASE("answers get lost, so that it may be sealed") {
    b.wire->otherwise([](const auto&) { return scripted_transport::ambiguous(); });
    for (int i = 1; i < limits::batch_item_attempts; ++i) REQUIRE(b.send().state == effect_state::again);
    const auto over = b.send();
    CHECK(over.state == effect_state::unknown);
    CHECK(over.code == "job.unsealed");
    CHECK_FALSE(over.drop_body);
  }
  CHECK(b.wire->requests.size() == 1 + static_cast<std::size_t>(limits::batch_item_attempts));
}

TEST_CASE("a batch that is not sealed within its time is reported") {
  send_bench b;
  b.wire->answer(202, created);
  b.wire->answer(200, short_by_one);
  CHECK(b.send().state == effect_state::again);
  b.time.advance(b.what.seal_within);
  b.wire->answer(200, short_by_one);
  const auto over = b.send();
  CHECK(over.state == effect_state::failed);
  CHECK(over.note->find("10m") != std::string::npos);
}

TEST_CASE("a batch that the server no longer knows is created anew") {
  send_bench b;
  b.wire->answer(202, created);
  b.wire->answer(422, R"({"error":"Batch batch_1 not found"})");
  const auto gone = b.send();
  CHECK(gone.state == effect_state::again);
  CHECK(batch_memo::read(b.row.memo).batch.empty());
  b.wire->answer(202, created_anew);
  b.wire->answer(200, all_in);
  CHECK(b.send().run == "batch_2");
}

TEST_CASE("a line that the server refuses fails the chunk with its words") {
  send_bench b;
  b.wire->answer(202, created);
  SUBCASE("400") { b.wire->answer(400, R"({"error":"Invalid JSON at line 2: Unexpected token"})"); }
  SUBCASE("422") { b.wire->answer(422, R"({"error":"Invalid item: Invalid JSON at line 2"})"); }
  const auto done = b.send();
  CHECK(done.state == effect_state::failed);
  CHECK(done.items_bad == 3);
  CHECK(done.run == "batch_1");
  CHECK(done.note->find("Invalid JSON at line 2") != std::string::npos);
  CHECK(done.note->find("stays open and starts nothing") != std::string::npos);
}

TEST_CASE("after a restart a chunk is sent again: into its batch when that is known, else into another") {
  send_bench b;
  CHECK(b.resolve(b.row, true).state == effect_state::again);
  b.wire->answer(202, created);
  b.wire->break_off();
  b.send();
  CHECK(b.resolve(b.row, true).state == effect_state::again);
  // It was sealed; the server says so with nothing accepted.
  b.wire->answer(200, R"({"id":"batch_1","itemsAccepted":0,"itemsDeduplicated":0,"sealed":true,"runCount":3})");
  CHECK(b.send().state == effect_state::waiting);
  CHECK(b.wire->requests.size() == 3);
}

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
