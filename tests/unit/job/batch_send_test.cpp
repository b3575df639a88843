#include "base/limits.hpp"
#include "job/batch_memo.hpp"
#include "unit/job/batch_send_bench.hpp"

using namespace triggerd;
using namespace triggerd::test;
using job::batch_memo;
using job::effect_state;
using nlohmann::json;

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
  const auto blind = b.resolve(b.row, true);
  CHECK(blind.state == effect_state::again);
  REQUIRE(blind.why.has_value());
  CHECK(blind.why->may_have_happened);  // should it never get through again
  // It was sealed; the server says so with nothing accepted.
  b.wire->answer(200, R"({"id":"batch_1","itemsAccepted":0,"itemsDeduplicated":0,"sealed":true,"runCount":3})");
  CHECK(b.send().state == effect_state::waiting);
  CHECK(b.wire->requests.size() == 3);
}
