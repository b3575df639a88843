#include "api/payload.hpp"
#include "api/codes.hpp"
#include "api/tasks.hpp"
#include "base/limits.hpp"
#include "support/shown_result.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace triggerd;
using namespace triggerd::api;
using nlohmann::json;

namespace {

json sent_body(const json& payload, const json& options = json::object()) {
  return json::parse(trigger_body(&payload, options));
}

std::string refusal(const json& payload) {
  const auto checked = check_payload(payload);
  if (checked) return {};
  CHECK(checked.error().code == api::codes::bad_argument);
  return checked.error().message;
}

}  // namespace

TEST_CASE("a text travels as itself") {
  for (const std::string text : {"", "plain", "Zoë 😀 \u2028", "{\"a\":1}", "line\nquote\"\\"}) {
    const auto packed = pack(text);
    CHECK(packed.type == "text/plain");
    CHECK(packed.size == text.size());
    CHECK(json::parse(packed.value_json) == text);
  }
}

TEST_CASE("anything else travels as superjson text") {
  for (const auto& value : {json(), json(false), json(42), json(-0.5), json::array({1, "two"}), json::object(),
                            json{{"a", {{"b", nullptr}}}}}) {
    const auto packed = pack(value);
    CHECK(packed.type == "application/super+json");
    const auto text = json::parse(packed.value_json).get<std::string>();
    CHECK(json::parse(text) == json{{"json", value}});
    CHECK(packed.size == text.size());
  }
}

TEST_CASE("no payload is no member") {
  CHECK(pack_nothing().value_json.empty());
  CHECK(json::parse(trigger_body(nullptr, json::object())) ==
        json{{"options", {{"payloadType", "application/json"}, {"payloadSize", 0}}}});
}

TEST_CASE("a trigger's body holds the payload beside its options") {
  CHECK(sent_body("text", {{"ttl", "60s"}}) ==
        json{{"payload", "text"}, {"options", {{"ttl", "60s"}, {"payloadType", "text/plain"}, {"payloadSize", 4}}}});
  CHECK(sent_body({{"a", 1}})["payload"] == R"({"json":{"a":1}})");
  CHECK(sent_body("")["payload"] == "");
}

TEST_CASE("text is written as JavaScript writes it") {
  const auto packed = pack(json("é/\u2028\b\x01<>"));
  CHECK(packed.value_json == "\"é/\u2028\\b\\u0001<>\"");
}

TEST_CASE("bad UTF-8 is replaced, never thrown at") {
  CHECK(json::parse(pack(json("a\xff")).value_json) == "a\xEF\xBF\xBD");
  CHECK(json::parse(pack(json{{"k", "\xc3"}}).value_json).get<std::string>().find("\xEF\xBF\xBD") != std::string::npos);
}

TEST_CASE("whole numbers that would lose digits are refused with their place") {
  const std::int64_t edge = std::int64_t{1} << 53;
  CHECK(refusal(edge).empty());
  CHECK(refusal(-edge).empty());
  CHECK(refusal({{"n", 1e300}}).empty());
  CHECK(refusal("9007199254740993").empty());
  CHECK(refusal(edge + 1).starts_with("the whole value"));
  CHECK(refusal(-edge - 1).find("2^53") != std::string::npos);
  CHECK(refusal(UINT64_MAX).find("2^53") != std::string::npos);
  const auto nested = refusal({{"orders", {1, {{"id", edge + 1}}}}});
  CHECK(nested.starts_with("orders.1.id is"));
  CHECK(nested.find("9007199254740993") == std::string::npos);
}

TEST_CASE("a place is printable and bounded, however the names look") {
  json deep = UINT64_MAX;
  for (int i = 0; i < 100; ++i) deep = json{{"\n" + std::string(100, 'x'), std::move(deep)}};
  const auto words = refusal(deep);
  CHECK(words.find('\n') == std::string::npos);
  CHECK(words.size() < 600);
}

TEST_CASE("nesting is refused where the server, and writing it, would fail") {
  json deep = json::array();
  for (std::size_t i = 1; i < limits::json_depth; ++i) deep = json::array({std::move(deep)});
  CHECK(refusal(deep).empty());
  CHECK(refusal(json::array({deep})).find("too deeply") != std::string::npos);
}

TEST_CASE("a task id that no URL can name is refused") {
  const auto body = std::make_shared<const std::string>("{}");
  for (const auto& bad : {std::string(), std::string("."), std::string(".."), std::string("a\nb"), std::string("a\xff"),
                          std::string("a\0b", 3)}) {
    CAPTURE(bad.size());
    const auto made = trigger(bad, body, false, false);
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().code == api::codes::bad_argument);
  }
  CHECK(trigger("...", body, false, false).has_value());
  CHECK(trigger("folder/my täsk", body, false, false).value().what.path ==
        "/api/v1/tasks/folder%2Fmy%20t%C3%A4sk/trigger");
}

TEST_CASE("a body larger than the server takes is refused, to the byte") {
  const auto at = [](std::size_t size) { return std::make_shared<const std::string>(size, 'x'); };
  CHECK(trigger("t", at(limits::trigger_body), false, false).has_value());
  const auto over = trigger("t", at(limits::trigger_body + 1), false, false);
  REQUIRE_FALSE(over.has_value());
  CHECK(over.error().message.find("3145729") != std::string::npos);
}

TEST_CASE("a trigger knows whether repeating it is harmless and whether a 500 is final") {
  const auto body = std::make_shared<const std::string>("{}");
  CHECK(trigger("t", body, true, false)->what.repeatable());
  CHECK_FALSE(trigger("t", body, false, false)->what.repeatable());
  CHECK(trigger("t", body, false, true)->what.server_fault_is_final);
  CHECK(trigger("t", body, false, true)->what.mutates());
}
