#include "api/waitpoints.hpp"

#include "unit/api/family_bench.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

const std::string callback = "https://api.test/api/v1/waitpoints/tokens/waitpoint_1/callback/abcdef";
const std::string waitpoint_row =
    R"({"id":"waitpoint_1","url":")" + callback +
    R"(","status":"COMPLETED","tags":["t1"],"createdAt":"2026-01-15T10:00:00.000Z","idempotencyKey":"k",)"
    R"("completedAt":"2026-01-15T10:00:05.000Z","timeoutAt":"2026-01-15T11:00:00.000Z",)"
    R"("completedAfter":"2026-01-15T11:00:00.000Z","idempotencyKeyExpiresAt":"2026-01-16T10:00:00.000Z",)"
    R"("output":"{\"json\":{\"status\":\"approved\"}}","outputType":"application/super+json","outputIsError":true})";
const std::string created_waitpoint = R"({"id":"waitpoint_1","isCached":true,"url":")" + callback + "\"}";

}  // namespace

TEST_CASE("a waitpoint token is created with what it is given, its key unhashed") {
  CHECK(line_of("POST", create_waitpoint({})->what) == "/api/v1/waitpoints/tokens");
  CHECK(sent(create_waitpoint({})->what) == json::object());  // no body at all is a 400
  CHECK_FALSE(create_waitpoint({})->what.repeatable());
  waitpoint_draft what;
  what.timeout = std::chrono::hours(24);
  what.tags = {"doc-1"};
  what.key = "approve-1";
  what.key_ttl = std::chrono::hours(1);
  CHECK(sent(create_waitpoint(what)->what) == json{{"timeout", "86400s"},
                                                   {"tags", {"doc-1"}},
                                                   {"idempotencyKey", "approve-1"},
                                                   {"idempotencyKeyTTL", "3600s"}});
  CHECK(create_waitpoint(what)->what.repeatable());
  what = {};
  what.timeout = instant(milliseconds(1'769'904'000'000));
  CHECK(sent(create_waitpoint(what)->what) == json{{"timeout", "2026-02-01T00:00:00.000Z"}});
}

TEST_CASE("what the server would ignore or refuse of a token is not sent") {
  waitpoint_draft what;
  what.timeout = milliseconds(-1);
  hold_refused(create_waitpoint(what), "timeout");
  what = {};
  what.tags.assign(11, "t");
  hold_refused(create_waitpoint(what), "tags");
  what.tags = {""};
  hold_refused(create_waitpoint(what), "tags");
  what.tags = {std::string(129, 't')};
  hold_refused(create_waitpoint(what), "tags");
  what = {};
  what.key = "a\nb";
  hold_refused(create_waitpoint(what), "idempotency key", "a\nb");
  what = {};
  what.key_ttl = seconds(1);
  hold_refused(create_waitpoint(what), "key_ttl");
  what.key = "k";
  what.key_ttl = seconds(0);
  hold_refused(create_waitpoint(what), "key_ttl");
}

TEST_CASE("a new token comes with secrets: its callback and a public token") {
  const auto what = create_waitpoint({}).value();
  CHECK(what.what.secret_reply);
  hold_reader(what, {created_waitpoint, {{"/id", form::text}, {"/url", form::text}}});
  auto read = what.read(response(200, created_waitpoint, {{"x-trigger-jwt", "a.b.c"}}));
  REQUIRE(read.has_value());
  CHECK(read->id == "waitpoint_1");
  CHECK(read->cached);
  CHECK(read->callback_url->expose() == callback);
  REQUIRE(read->public_token != nullptr);
  CHECK(read->public_token->expose() == "a.b.c");
  CHECK(value_of(what, created_waitpoint).public_token == nullptr);
  CHECK(what.read(response(200, created_waitpoint, {{"x-trigger-jwt", ""}}))->public_token == nullptr);
}

TEST_CASE("tokens are listed with every filter in the contract's order") {
  CHECK(list_waitpoints({}).what.path == "/api/v1/waitpoints/tokens");
  waitpoint_filter which;
  which.status = {"WAITING", "TIMED_OUT"};
  which.key = "k";
  which.tags = {"a", "b"};
  which.period = "24h";
  which.from = instant(milliseconds(1'767'225'600'000));
  which.to = instant(milliseconds(1'769'817'600'000));
  which.page_size = 10;
  which.after = "waitpoint_x";
  CHECK(line_of("GET", list_waitpoints(which).what) ==
        "/api/v1/waitpoints/tokens?filter%5Bstatus%5D=WAITING%2CTIMED_OUT&filter%5BidempotencyKey%5D=k&"
        "filter%5Btags%5D=a%2Cb&filter%5BcreatedAt%5D%5Bperiod%5D=24h&filter%5BcreatedAt%5D%5Bfrom%5D=1767225600000&"
        "filter%5BcreatedAt%5D%5Bto%5D=1769817600000&page%5Bsize%5D=10&page%5Bafter%5D=waitpoint_x");
  const std::string body = R"({"data":[)" + waitpoint_row + R"(],"pagination":{"next":"n"}})";
  hold_reader(
      list_waitpoints({}),
      {body,
       {{"/data", form::list}, {"/data/0", form::object}, {"/data/0/id", form::text}, {"/data/0/status", form::text}}});
  const auto page = value_of(list_waitpoints({}), body);
  CHECK(page.next == "n");
  CHECK(page.waitpoints.at(0).callback_url->expose() == callback);
}

TEST_CASE("a token is read with its output") {
  const auto what = retrieve_waitpoint("waitpoint_1");
  CHECK(line_of("GET", what.what) == "/api/v1/waitpoints/tokens/waitpoint_1");
  CHECK(what.what.server_fault_is_final);  // an unknown id is a 500
  CHECK(what.what.secret_reply);
  hold_reader(what, {waitpoint_row, {{"/id", form::text}, {"/status", form::text}}});
  const auto view = value_of(what, waitpoint_row);
  CHECK(view.id == "waitpoint_1");
  CHECK(view.status == "COMPLETED");
  CHECK(view.tags == std::vector<std::string>{"t1"});
  CHECK(view.key == "k");
  CHECK(view.created == instant(milliseconds(1'768'471'200'000)));
  CHECK(view.completed == instant(milliseconds(1'768'471'205'000)));
  CHECK(view.timeout == instant(milliseconds(1'768'474'800'000)));
  CHECK(view.key_expires.has_value());
  CHECK(view.output == R"({"json":{"status":"approved"}})");
  CHECK(view.output_type == "application/super+json");
  CHECK(view.output_is_error);
  CHECK(value_of(what, R"({"id":"w","status":"NEW"})").callback_url == nullptr);
}

TEST_CASE("a token is completed with data or without") {
  const auto what = complete_waitpoint("waitpoint_1", R"({"status":"approved"})").value();
  CHECK(line_of("POST", what.what) == "/api/v1/waitpoints/tokens/waitpoint_1/complete");
  CHECK(sent(what.what) == json{{"data", {{"status", "approved"}}}});
  CHECK(sent(complete_waitpoint("w", "null")->what) == json{{"data", nullptr}});
  CHECK(sent(complete_waitpoint("w", {})->what) == json::object());
  CHECK(what.what.repeatable());
  hold_reader(what, {R"({"success":true})", {}});
  CHECK_FALSE(reads(what, R"({"success":false})"));
  hold_refused(complete_waitpoint("w", ""), "data");
  hold_refused(complete_waitpoint("w", "{"), "data");
  hold_refused(complete_waitpoint("w", "9007199254740993"), "data", "9007199254740993");
  hold_refused(complete_waitpoint("w", std::string(300, '[') + std::string(300, ']')), "data");
  hold_refused(complete_waitpoint("w", '"' + std::string(3'145'728, 'x') + '"'), "data");
}
