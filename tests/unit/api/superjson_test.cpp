#include "api/superjson.hpp"
#include "unit/api/reader_bench.hpp"
#include "unit/api/recording.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

json body_of_trigger(const std::string& name) {
  return json::parse(recording(name).at("requests").at(0).at("body").get<std::string>());
}

json plain(const std::string& name) {
  return read_superjson(body_of_trigger(name).at("payload").get<std::string>()).value();
}

}  // namespace

TEST_CASE("what JSON cannot say is read as its plain form") {
  CHECK(plain("tasks.trigger-payload-date") == json{{"at", "2026-03-01T12:00:00.000Z"}});
  CHECK(plain("tasks.trigger-payload-bigint-map-set") ==
        json::parse(R"({"big":"9007199254740993","map":[["k",1]],"set":[1,2]})"));
  CHECK(plain("tasks.trigger-payload-special-numbers") == json{{"nan", "NaN"}, {"inf", "Infinity"}, {"negz", "-0"}});
  const auto output = answer_of("runs.retrieve-presigned-output-superjson", 1);
  CHECK(read_packet(output.body, output.head.first("content-type").value()).value() ==
        json{{"at", "2026-01-01T00:00:00.000Z"}});
}

TEST_CASE("undefined is absent from an object and null in a list") {
  CHECK(plain("tasks.trigger-payload-nested-null-and-undefined") == json::parse(R"({"a":null,"c":{"d":[null,null]}})"));
  CHECK(read_superjson(R"({"json":null,"meta":{"values":["undefined"]}})").value().is_null());
  CHECK(read_superjson(R"({"meta":{"values":["undefined"]}})").value().is_null());
}

TEST_CASE("dots in keys are escaped in paths") {
  CHECK(read_superjson(R"({"json":{"a.b":{"c":null},"a":{"b":1}},"meta":{"values":{"a\\.b.c":["undefined"]}}})")
            .value() == json::parse(R"({"a.b":{},"a":{"b":1}})"));
  CHECK(read_superjson(R"({"json":{"a\\":null},"meta":{"values":{"a\\\\":["undefined"]}}})").value() == json::object());
}

TEST_CASE("places that are not there and unknown types change nothing") {
  for (const auto* path : {"x", "a.x", "a.1", "a.-1", "a.0.x", "b.c", "", "a.", "a.99999999999999999999"}) {
    const json whole{{"json", {{"a", {1}}, {"b", 2}}}, {"meta", {{"values", {{path, {"undefined"}}}}}}};
    CAPTURE(whole.dump());
    CHECK(read_superjson(whole.dump()).value() == whole.at("json"));
  }
  CHECK(read_superjson(R"({"json":{"a":1},"meta":{"values":{"a":[["custom","x"]]}}})").value() == json{{"a", 1}});
  CHECK(read_superjson(R"({"json":{"a":1},"meta":5})").value() == json{{"a", 1}});
}

TEST_CASE("what is no superjson is unreadable") {
  for (const auto* text : {"", "{", "null", "[]", "5", "{}", R"({"value":1})"}) {
    const std::string shown = text;
    CAPTURE(shown);
    CHECK(read_superjson(text).error().code == api::codes::unreadable);
  }
}

TEST_CASE("a packet is read by its type") {
  CHECK(read_packet(R"({"a":1})", "application/json").value() == json{{"a", 1}});
  CHECK(read_packet(R"({"json":[1]})", "application/super+json").value() == json{1});
  CHECK(read_packet("{", "text/plain").value() == "{");
  CHECK(read_packet("{", "application/json").error().code == api::codes::unreadable);
  CHECK(read_packet("s3://a", "application/store").error().code == api::codes::bad_argument);
}

TEST_CASE("a payload with meta of its own is packed as the SDK packs it") {
  for (const auto* name :
       {"tasks.trigger-payload-date", "tasks.trigger-payload-bigint-map-set", "tasks.trigger-payload-special-numbers",
        "tasks.trigger-payload-nested-null-and-undefined"}) {
    const std::string shown = name;
    CAPTURE(shown);
    const auto body = body_of_trigger(name);
    const auto whole = json::parse(body.at("payload").get<std::string>());
    const auto packed = pack_superjson(whole.at("json"), whole.at("meta"));
    CHECK(json::parse(json::parse(packed.value_json).get<std::string>()) == whole);
    CHECK(packed.type == body.at("options").at("payloadType").get<std::string>());
    CHECK(packed.size == body.at("options").at("payloadSize").get<std::size_t>());
  }
  const auto simple = pack_superjson(json{{"a", 1}}, nullptr);
  CHECK(simple.value_json == pack(json{{"a", 1}}).value_json);
  CHECK(simple.size == pack(json{{"a", 1}}).size);
}
