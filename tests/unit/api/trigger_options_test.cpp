#include "api/trigger_options.hpp"
#include "api/codes.hpp"
#include "base/limits.hpp"
#include "support/shown_result.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace triggerd;
using namespace triggerd::api;
using nlohmann::json;

namespace {

json options_of(const json& written) {
  const auto made = trigger_options(written);
  REQUIRE_MESSAGE(made.has_value(), made.error().describe());
  return *made;
}

// One option's value on the wire.
json sent_option(const char* name, const json& value, const char* on_the_wire) {
  const json made = options_of(json{{name, value}});
  REQUIRE(made.size() == 1);
  REQUIRE(made.contains(on_the_wire));
  return made[on_the_wire];
}

// Refused, with the option named and its value kept out of the words.
void refuse(const char* name, const json& value, const std::string& says = {}) {
  CAPTURE(name);
  CAPTURE(value.dump(-1, ' ', true, json::error_handler_t::replace));
  const auto made = trigger_options(json{{name, value}});
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == api::codes::bad_argument);
  CHECK(made.error().message.find(name) != std::string::npos);
  CHECK(made.error().message.find("sesame") == std::string::npos);
  CHECK(made.error().message.find(says) != std::string::npos);
}

const std::string control = "se\nsame";
const std::string bad_utf8 = "sesame\xff";
const std::vector<json> no_text{json::array(), json::object(), "", control, bad_utf8};
const std::vector<json> no_duration{5,     true,   json::array(), "",   "sesame",   "1",
                                    "-1s", "1.5h", "1h 30m",      "30", "99999999d"};

}  // namespace

TEST_CASE("nothing written is nothing sent, and null is as good as absent") {
  CHECK(options_of(json::object()) == json::object());
  CHECK(options_of(json()) == json::object());
  CHECK(options_of({{"queue", nullptr}, {"tags", nullptr}, {"ttl", nullptr}}) == json::object());
  for (const auto& other : {json(5), json("x"), json::array(), json(true)})
    CHECK_FALSE(trigger_options(other).has_value());
}

TEST_CASE("an unknown option is refused with its nearest neighbour") {
  const auto made = trigger_options({{"machin", "micro"}});
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().message.find("did you mean \"machine\"?") != std::string::npos);
  for (const auto* wire_name : {"maxAttempts", "concurrencyKey", "lockToVersion", "payloadType", "idempotencyKey",
                                "parentRunId", "resumeParentOnCompletion", ""})
    CHECK_FALSE(trigger_options(json{{wire_name, "x"}}).has_value());
  const auto hostile = trigger_options(json{{"a\n\x1b[31m", 1}});
  CHECK(hostile.error().message.find_first_of("\n\x1b") == std::string::npos);
}

TEST_CASE("queue becomes an object with its name") {
  CHECK(sent_option("queue", "slow", "queue") == json{{"name", "slow"}});
  CHECK(sent_option("queue", 7, "queue") == json{{"name", "7"}});  // a placeholder may have kept its type
  for (const auto& bad : no_text) refuse("queue", bad);
}

TEST_CASE("texts go as they are") {
  const std::pair<const char*, const char*> names[] = {
      {"concurrency_key", "concurrencyKey"}, {"region", "region"}, {"version", "lockToVersion"}};
  for (const auto& [written, on_the_wire] : names) {
    CHECK(sent_option(written, "Zoë/1", on_the_wire) == "Zoë/1");
    CHECK(sent_option(written, 20260115.5, on_the_wire) == "20260115.5");
    CHECK(sent_option(written, true, on_the_wire) == "true");
    for (const auto& bad : no_text) refuse(written, bad);
  }
}

TEST_CASE("concurrency names one limit or two") {
  CHECK(sent_option("concurrency", "a-B_9", "concurrency") == json{"a-B_9"});
  CHECK(sent_option("concurrency", json{"a", "b"}, "concurrency") == json{"a", "b"});
  CHECK(sent_option("concurrency", std::string(122, 'x'), "concurrency").size() == 1);
  refuse("concurrency", json{"a", "b", "c"}, "more than two");
  for (const auto& bad : {json(""), json("a b"), json("ä"), json(std::string(123, 'x')), json(5), json::object()}) {
    refuse("concurrency", bad);
    refuse("concurrency", json::array({bad}));
  }
}

TEST_CASE("test is a flag, also as a placeholder's text") {
  CHECK(sent_option("test", true, "test") == true);
  CHECK(sent_option("test", "false", "test") == false);
  for (const auto& bad : {json("yes"), json(1), json(""), json::array()}) refuse("test", bad);
}

TEST_CASE("delay is a duration in seconds or an instant in UTC") {
  CHECK(sent_option("delay", "1h30m", "delay") == "5400s");
  CHECK(sent_option("delay", "250ms", "delay") == "1s");
  CHECK(sent_option("delay", "0s", "delay") == "0s");
  CHECK(sent_option("delay", "2026-12-01T10:00:00+02:00", "delay") == "2026-12-01T08:00:00.000Z");
  CHECK(sent_option("delay", "2026-12-01", "delay") == "2026-12-01T00:00:00.000Z");
  for (const auto& bad : no_duration) refuse("delay", bad);
  refuse("delay", "2026-12-01T10:00:00");  // in which zone?
}

TEST_CASE("ttl is a duration above zero") {
  CHECK(sent_option("ttl", "10m", "ttl") == "600s");
  CHECK(sent_option("ttl", "1ms", "ttl") == "1s");
  refuse("ttl", "0s", "zero");
  refuse("ttl", "2026-12-01");
  for (const auto& bad : no_duration) refuse("ttl", bad);
}

TEST_CASE("max_attempts is a whole number from 1") {
  CHECK(sent_option("max_attempts", 3, "maxAttempts") == 3);
  CHECK(sent_option("max_attempts", "3", "maxAttempts") == 3);
  CHECK(sent_option("max_attempts", 3.0, "maxAttempts") == 3);
  CHECK(sent_option("max_attempts", 3, "maxAttempts").is_number_integer());
  for (const auto& bad : {json(0), json(-1), json(1.5), json(1'001), json("x"), json(""), json(true), json(1e300),
                          json(UINT64_MAX), json::array()})
    refuse("max_attempts", bad);
}

TEST_CASE("metadata is a table the server keeps unchanged") {
  const json table{{"a", {{"b", json::array({1, nullptr, "x"})}}}};
  CHECK(sent_option("metadata", table, "metadata") == table);
  for (const auto& bad : {json("sesame"), json(5), json::array({1}), json(true)}) refuse("metadata", bad);
  refuse("metadata", json{{"n", (std::int64_t{1} << 53) + 1}}, "2^53");
  refuse("metadata", json{{"n", std::string(limits::metadata, 'x')}}, "262144");
  const std::size_t rest = limits::metadata - json{{"n", ""}}.dump().size();
  CHECK(options_of({{"metadata", {{"n", std::string(rest, 'x')}}}}).size() == 1);
  refuse("metadata", json{{"n", std::string(rest + 1, 'x')}});
  json deep = 1;
  for (std::size_t i = 0; i < limits::json_depth; ++i) deep = json{{"d", std::move(deep)}};
  CHECK(options_of({{"metadata", deep}}).size() == 1);
  refuse("metadata", json{{"d", deep}}, "deeply");
}

TEST_CASE("max_duration is a duration of five seconds or more") {
  CHECK(sent_option("max_duration", "1h", "maxDuration") == 3'600);
  CHECK(sent_option("max_duration", "5001ms", "maxDuration") == 6);
  CHECK(sent_option("max_duration", "5s", "maxDuration") == 5);
  refuse("max_duration", "4s", "5s");
  for (const auto& bad : no_duration) refuse("max_duration", bad);
}

TEST_CASE("machine is one of the presets") {
  for (const auto* preset : {"micro", "small-1x", "small-2x", "medium-1x", "medium-2x", "large-1x", "large-2x"})
    CHECK(sent_option("machine", preset, "machine") == preset);
  for (const auto& bad : {json("Micro"), json("large-3x"), json(""), json(1), json::object()}) refuse("machine", bad);
}

TEST_CASE("priority is any number") {
  CHECK(sent_option("priority", 10, "priority") == 10);
  CHECK(sent_option("priority", -1.5, "priority") == -1.5);
  CHECK(sent_option("priority", "2.5", "priority") == 2.5);
  for (const auto& bad : {json(""), json("x"), json("1x"), json("nan"), json("inf"), json(true), json::array(),
                          json(std::numeric_limits<double>::infinity())})
    refuse("priority", bad);
}

TEST_CASE("external_deployment_id is trimmed and bounded") {
  CHECK(sent_option("external_deployment_id", " 3f9c1d2 ", "externalDeploymentId") == "3f9c1d2");
  CHECK(sent_option("external_deployment_id", std::string(128, 'x') + "  ", "externalDeploymentId")
            .get<std::string>()
            .size() == 128);
  refuse("external_deployment_id", std::string(129, 'x'), "128");
  refuse("external_deployment_id", "   ");
  for (const auto& bad : no_text) refuse("external_deployment_id", bad);
}

TEST_CASE("debounce is a key with a delay, and more where it is wanted") {
  CHECK(sent_option("debounce", {{"key", "k"}, {"delay", "5s"}}, "debounce") == json{{"key", "k"}, {"delay", "5s"}});
  CHECK(sent_option("debounce", {{"key", "k"}, {"delay", "5s"}, {"mode", "trailing"}, {"max_delay", "5m"}},
                    "debounce") == json{{"key", "k"}, {"delay", "5s"}, {"mode", "trailing"}, {"maxDelay", "300s"}});
  CHECK(sent_option("debounce", {{"key", 5}, {"delay", "5s"}, {"mode", nullptr}}, "debounce") ==
        json{{"key", "5"}, {"delay", "5s"}});
  CHECK(sent_option("debounce", {{"key", std::string(512, 'k')}, {"delay", "1s"}}, "debounce").size() == 2);
  refuse("debounce", {{"key", std::string(513, 'k')}, {"delay", "1s"}}, "debounce.key");
  refuse("debounce", {{"key", "k"}, {"delay", "999ms"}}, "debounce.delay");
  refuse("debounce", {{"key", "k"}, {"delay", "5s"}, {"max_delay", "5s"}}, "debounce.max_delay");
  refuse("debounce", {{"key", "k"}, {"delay", "5s"}, {"max_delay", "sesame"}}, "debounce.max_delay");
  refuse("debounce", {{"key", "k"}, {"delay", "5s"}, {"mode", "sesame"}}, "debounce.mode");
  refuse("debounce", {{"key", "k"}, {"delay", "5s"}, {"maxDelay", "1m"}}, "maxDelay");
  refuse("debounce", {{"key", ""}, {"delay", "5s"}}, "debounce.key");
  refuse("debounce", {{"key", "k"}});
  refuse("debounce", {{"delay", "5s"}});
  refuse("debounce", {{"key", nullptr}, {"delay", "5s"}});
  refuse("debounce", {{"key", "k"}, {"delay", nullptr}});
  for (const auto& bad : {json("5s"), json(5), json::array(), json::object()}) refuse("debounce", bad);
}

TEST_CASE("tags are a list, with room for ours") {
  CHECK(sent_option("tags", "user:1", "tags") == json{"user:1"});
  CHECK(sent_option("tags", json{"b", "a", 5}, "tags") == json{"b", "a", "5"});
  CHECK(options_of({{"tags", json::array()}}) == json::object());
  const std::vector<std::string> ten(10, "t");
  CHECK(sent_option("tags", ten, "tags").size() == 10);
  refuse("tags", std::vector<std::string>(11, "t"), "more than 10");
  CHECK(trigger_options({{"tags", std::vector<std::string>(9, "t")}}, 1).has_value());
  const auto one_too_many = trigger_options({{"tags", ten}}, 1);
  REQUIRE_FALSE(one_too_many.has_value());
  CHECK(one_too_many.error().message.find("triggerd adds") != std::string::npos);
  CHECK(sent_option("tags", std::string(128, 'x'), "tags").size() == 1);
  refuse("tags", std::string(129, 'x'), "128");
  refuse("tags", json{"a", ""}, "empty");
  for (const auto& bad : no_text)
    if (!bad.is_array()) refuse("tags", bad);
  refuse("tags", json::array({json::array()}));
}

TEST_CASE("lengths are counted as the server counts them, in UTF-16 units") {
  std::string two_bytes, four_bytes;
  for (int i = 0; i < 128; ++i) two_bytes += "é";  // one unit each
  for (int i = 0; i < 65; ++i) four_bytes += "😀";  // two units each
  CHECK(sent_option("tags", two_bytes, "tags").size() == 1);
  refuse("tags", four_bytes, "128");
}
