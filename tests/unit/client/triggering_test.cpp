#include "client/triggering.hpp"

#include "api/codes.hpp"
#include "client/packets.hpp"
#include "unit/client/patient_world.hpp"

using namespace triggerd;
using namespace triggerd::client;
using namespace triggerd::client::test;
using nlohmann::json;

namespace {

constexpr const char* run_reply = R"({"id":"run_1","isCached":false})";
constexpr const char* batch_reply = R"({"id":"batch_1","runCount":2,"isCached":false})";

std::string sealed_reply(bool sealed) {
  return R"({"id":"batch_1","itemsAccepted":2,"itemsDeduplicated":0,"runCount":2,"enqueuedCount":1,"sealed":)" +
         std::string(sealed ? "true}" : "false}");
}

api::packed_payload payload_of(const json& value) { return api::pack(value); }

std::vector<batch_item> two_items() {
  return {{.task = "b", .payload = payload_of(1), .options = {}},
          {.task = "a", .payload = payload_of(2), .options = {}}};
}

json body_of(const transport::request& request) { return json::parse(*request.body); }

}  // namespace

TEST_CASE("a run is triggered with its options, and the reply's token is kept from sight") {
  patient_world w;
  w.wire->answer(200, run_reply, {{"x-trigger-jwt", "eyJinvented"}});
  api::run_options options;
  options.key = api::key_from("order-1").value();
  options.tags = {"a"};
  const auto run = w.ended(trigger(w.by, "send-email", payload_of({{"to", "x"}}), options));
  REQUIRE(run.has_value());
  CHECK(run->id == "run_1");
  REQUIRE(run->token != nullptr);
  CHECK(run->token->expose() == "eyJinvented");
  const json sent = body_of(w.wire->requests.at(0));
  CHECK(sent["options"]["idempotencyKey"] == "0bafe22156d2698c143b86040446d366ead863ba600d5c924f3d15c786ef4057");
  CHECK(sent["options"]["idempotencyKeyOptions"] == json{{"key", "order-1"}, {"scope", "run"}});
  CHECK(sent["options"]["tags"] == json::array({"a"}));
}

TEST_CASE("what the server would silently ignore is refused before anything is sent") {
  patient_world w;
  api::run_options options;
  options.machine = "enormous";
  const auto run = w.ended(trigger(w.by, "send-email", payload_of(1), options));
  REQUIRE(run.has_error());
  CHECK(run.error().what.code == api::codes::bad_argument);
  CHECK(w.wire->requests.empty());
}

TEST_CASE("a handle with a context passes on the run, the version and the test flag, and another does not") {
  patient_world w;
  w.wire->answer(200, run_reply);
  w.wire->answer(200, run_reply);
  const auto inside = w.by.with({.around = context{.run = "run_p", .test = true, .version = "20260101.1"}});
  (void)w.ended(trigger(inside, "child", payload_of(1), {}));
  (void)w.ended(trigger(w.by, "child", payload_of(1), {}));
  const json with = body_of(w.wire->requests.at(0))["options"];
  CHECK(with["parentRunId"] == "run_p");
  CHECK(with["lockToVersion"] == "20260101.1");
  CHECK(with["test"] == true);
  const json without = body_of(w.wire->requests.at(1))["options"];
  CHECK_FALSE(without.contains("parentRunId"));
  CHECK_FALSE(without.contains("test"));
}

TEST_CASE("a large payload goes to the store without the credential, and the run names it") {
  patient_world w;
  w.wire->answer(200, R"({"presignedUrl":"https://store.test/put?sig=1","storagePath":"s3://x/payload.txt"})");
  w.wire->answer(200, "");
  w.wire->answer(200, run_reply);
  const std::string large(131'072, 'x');
  const auto run = w.ended(trigger(w.by, "t", payload_of(large), {}));
  REQUIRE(run.has_value());
  REQUIRE(w.wire->requests.size() == 3);
  const auto& put = w.wire->requests[1];
  CHECK(put.url == "https://store.test/put?sig=1");
  CHECK(put.method == "PUT");
  CHECK(*put.body == large);
  CHECK(value(put, "content-type") == "text/plain");
  CHECK(values(put, "authorization").empty());
  const json sent = body_of(w.wire->requests[2]);
  CHECK(sent["payload"] == "s3://x/payload.txt");
  CHECK(sent["options"]["payloadType"] == "application/store");
  CHECK(sent["options"]["payloadSize"] == 131'072);
}

TEST_CASE("a store that refuses fails the trigger, and its address is in no message") {
  patient_world w;
  w.wire->answer(200, R"({"presignedUrl":"https://store.test/put?sig=1","storagePath":"s3://x/payload.txt"})");
  w.wire->answer(403, "expired");
  const auto run = w.ended(trigger(w.by, "t", payload_of(std::string(200'000, 'x')), {}));
  REQUIRE(run.has_error());
  CHECK(run.error().what.code == api::codes::object_store);
  CHECK(run.error().what.message.find("sig=") == std::string::npos);
  CHECK(w.wire->requests.size() == 2);
}

TEST_CASE("a batch is created, streamed and sealed, with keys derived from its own") {
  patient_world w;
  w.wire->answer(202, batch_reply);
  w.wire->answer(200, sealed_reply(true));
  batch_options options;
  options.key = api::key_from("nightly-1").value();
  const auto batch = w.ended(trigger_batch(w.by, two_items(), options));
  REQUIRE(batch.has_value());
  CHECK(batch->id == "batch_1");
  const json create = body_of(w.wire->requests.at(0));
  CHECK(create["runCount"] == 2);
  CHECK(create["taskIdentifiers"] == json::array({"a", "b"}));
  const std::string& lines = *w.wire->requests.at(1).body;
  const json first = json::parse(lines.substr(0, lines.find('\n')));
  CHECK(first["index"] == 0);
  CHECK(first["options"]["idempotencyKey"] == "92d41fb7bf111dfe04c1e803d7e89fbc8dc87b747d85eb302a518ea77005810a");
}

TEST_CASE("a stream that broke or was not sealed is sent again whole, and at last reported") {
  patient_world w;
  w.wire->answer(202, batch_reply);
  w.wire->break_off();
  w.wire->answer(200, sealed_reply(false));
  w.wire->answer(200, sealed_reply(true));
  CHECK(w.ended(trigger_batch(w.by, two_items())).has_value());
  REQUIRE(w.wire->requests.size() == 4);
  CHECK(*w.wire->requests[1].body == *w.wire->requests[3].body);

  w.wire->answer(202, batch_reply);
  w.wire->otherwise([](const auto&) { return triggerd::test::scripted_transport::reply(200, sealed_reply(false)); });
  const auto never = w.ended(trigger_batch(w.by, two_items()));
  REQUIRE(never.has_error());
  CHECK(never.error().what.code == api::codes::unsealed);
  CHECK(never.error().what.message.find("batch_1") != std::string::npos);
  CHECK(w.wire->requests.size() == 4 + 1 + 5);
}

TEST_CASE("a batch that its key already had is not streamed again, and an empty one is refused") {
  patient_world w;
  w.wire->answer(202, R"({"id":"batch_1","runCount":2,"isCached":true})");
  const auto batch = w.ended(trigger_batch(w.by, two_items()));
  REQUIRE(batch.has_value());
  CHECK(batch->cached);
  CHECK(w.wire->requests.size() == 1);
  CHECK(w.ended(trigger_batch(w.by, {})).has_error());
  CHECK(w.wire->requests.size() == 1);
}
