#include "target/reply_words.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using target::meter;
using kind = meter::reply::kind;

namespace {

constexpr const char* now_ms = "1795487010000";
constexpr const char* now_s = "1795487010";

client::exchange answered(int status) {
  client::exchange out;
  out.seen.what = transport::knowledge::answered;
  out.seen.reply.status = status;
  if (status < 300) return out;
  out.failed.emplace();
  out.failed->kind = status == 429 ? api::failure_kind::throttled : api::failure_kind::refused;
  out.failed->status = status;
  return out;
}

void add(client::exchange& to, const char* limit, const char* remaining, const char* reset) {
  to.seen.reply.head.add("x-ratelimit-limit", limit);
  to.seen.reply.head.add("x-ratelimit-remaining", remaining);
  to.seen.reply.head.add("x-ratelimit-reset", reset);
}

const spec::endpoint& endpoint(std::string_view id) { return *spec::find_endpoint(id); }

}  // namespace

TEST_CASE("a reply's words about the request budget are taken from it") {
  client::exchange done = answered(200);
  add(done, "750", "749", now_ms);
  const auto words = target::words_of(done, endpoint("runs.list"));
  CHECK(words.request.how == kind::passed);
  CHECK(words.request.told.limit == 750u);
  CHECK(words.request.told.remaining == 749u);
  CHECK(words.request.told.reset == instant(milliseconds(1'795'487'010'000)));
}

TEST_CASE("a request that was not sent is charged to nobody; one without a reply is charged") {
  client::exchange done;
  CHECK(target::words_of(done, endpoint("runs.list")).request.how == kind::not_sent);
  done.seen.what = transport::knowledge::ambiguous;
  CHECK(target::words_of(done, endpoint("batches.create")).request.how == kind::lost);
  CHECK(target::words_of(done, endpoint("batches.create")).items.how == kind::lost);
}

TEST_CASE("a refused batch tells twice: the items' bucket refused it, and requests go on") {
  client::exchange done = answered(429);
  add(done, "750", "700", now_ms);
  add(done, "1200", "0", now_s);
  done.failed->wait = seconds(10);
  const auto words = target::words_of(done, endpoint("batches.create"));
  CHECK(words.request.how == kind::passed);
  CHECK(words.request.told.remaining == 700u);
  CHECK(words.items.how == kind::refused);
  CHECK(words.items.told.limit == 1200u);
  CHECK(words.items.wait == seconds(10));
}

TEST_CASE("a batch refused by the request budget was never charged for its items") {
  client::exchange done = answered(429);
  add(done, "750", "0", now_ms);
  const auto words = target::words_of(done, endpoint("batches.create"));
  CHECK(words.request.how == kind::refused);
  CHECK(words.items.how == kind::not_sent);
}

TEST_CASE("a 429 with tokens left says so, so that a meter can leave its bucket open") {
  client::exchange done = answered(429);
  add(done, "750", "30", now_ms);
  const auto words = target::words_of(done, endpoint("bulk.create"));
  CHECK(words.request.how == kind::refused);
  CHECK(words.request.told.remaining == 30u);
}

TEST_CASE("words in seconds alone are another server's, and count for requests") {
  client::exchange done = answered(200);
  add(done, "100", "3", now_s);
  const auto words = target::words_of(done, endpoint("runs.list"));
  CHECK(words.request.told.remaining == 3u);
}

TEST_CASE("the word for metrics is ok or the kind of failure") {
  CHECK(target::outcome_word(answered(200)) == "ok");
  CHECK(target::outcome_word(answered(429)) == "throttled");
}
