// Jobs as the ledger keeps them, read again.
#include "unit/config/every_kind.hpp"

using namespace triggerd;
using namespace triggerd::test;

TEST_CASE("a stored job of every kind reads back as it was") {
  const auto all = in_jobs_folder(every_kind);
  for (const auto name : {"report", "orders", "outage", "sync"}) {
    const auto& before = job(all, name);
    const auto after = config::decode_job(before.text);
    REQUIRE_MESSAGE(after.has_value(), name);
    CHECK_MESSAGE(*after == before, name);
    CHECK_MESSAGE(after->text == before.text, name);
    CHECK_MESSAGE(after->what == before.what, name);
    CHECK_MESSAGE(after->schedule == before.schedule, name);
    CHECK_MESSAGE(after->vars == before.vars, name);
    CHECK_MESSAGE(after->wait == before.wait, name);
    CHECK_MESSAGE(after->idempotency == before.idempotency, name);
    CHECK_MESSAGE(after->auth == before.auth, name);
    CHECK_MESSAGE(after->retry == before.retry, name);
    CHECK_MESSAGE(after->timeout == before.timeout, name);
    CHECK_MESSAGE(after->targets == before.targets, name);
    CHECK_MESSAGE(after->labels == before.labels, name);
    CHECK_MESSAGE(after->overlap == before.overlap, name);
    CHECK_MESSAGE(after->parallel == before.parallel, name);
    CHECK_MESSAGE(after->stop_on_failure == before.stop_on_failure, name);
    CHECK_MESSAGE(after->enabled == before.enabled, name);
    CHECK_MESSAGE(after->description == before.description, name);
  }
}

TEST_CASE("a stored job that is none is an error, whatever it is") {
  const auto code = [](std::string_view text) { return std::string(config::decode_job(text).error().code.name); };
  CHECK(code("") == "config.syntax");
  CHECK(code("[1]") == "config.syntax");
  CHECK(code("{\"job\":{}}") == "config.syntax");
  CHECK(code("{\"job\":{\"a\":{},\"b\":{}}}") == "config.syntax");
  CHECK(code("{\"job\":{\"a\":5}}") == "config.syntax");
  CHECK(code("{\"job\":{\"a\":null}}") == "config.syntax");
  CHECK(code("{\"job\":{\"a\":{\"type\":\"\xff\"}}}") == "config.syntax");
  CHECK(code("{\"job\":{\"a\":{\"type\":\"trigger\",\"task\":18446744073709551615}}}") == "config.syntax");
  CHECK(code("{\"job\":" + std::string(300, '[') + std::string(300, ']') + "}") == "config.syntax");
  CHECK(code(R"({"job":{"a":{"task":"t","targets":["x"]}}})") == "config.missing");
  CHECK(code(R"({"job":{"a":{"type":"trigger","task":"t","targets":["x"],"new_key":1}}})") == "config.unknown-key");
  CHECK(code(R"({"job":{"a":{"type":"trigger","targets":["x"]}}})") == "config.missing");
  CHECK(code(R"({"job":{"a":{"type":"trigger","task":"t","targets":["x"],"timeout":5}}})") == "config.unit");
}
