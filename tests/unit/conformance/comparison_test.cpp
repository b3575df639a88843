// That the comparison finds what differs.
#include "conformance/compare.hpp"
#include "conformance/replay.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace triggerd;
using namespace triggerd::conformance;
using nlohmann::json;

TEST_CASE("each part of a request that is not as recorded is found") {
  json request{
      {"method", "POST"},
      {"target", "/api/v1/tasks/a%2Fb/trigger?x=1&y=a+b"},
      {"query", json::parse(R"([["x","1"],["y","a b"]])")},
      {"headers",
       {{"authorization", "Bearer tr_dev_1"},
        {"x-trigger-branch", "b"},
        {"x-trigger-api-version", "2025-07-16"},
        {"x-trigger-realtime-streams-version", "v2"},
        {"content-type", "application/json"},
        {"x-trigger-request-idempotency-key", "eaedd0f6-5e5a-4c80-812b-d51ceee53175"},
        {"x-tenant", "acme"}}},
      {"body", R"({"payload":"{\"json\":{\"a\":1}}","options":{"payloadType":"application/super+json","ttl":"1h"}})"}};
  const json additional{{"X-Tenant", "acme"}};
  transport::request same;
  same.method = "POST";
  same.url = "https://h:1/api/v1/tasks/a%2Fb/trigger?x=1&y=a%20b";
  for (const auto& header : request["headers"].items()) same.headers.emplace_back(header.key(), header.value());
  request["headers"]["host"] = "h:1";
  same.body = std::make_shared<const std::string>(
      R"({"options":{"ttl":"3600s","payloadType":"application/super+json"},"payload":"{ \"json\" : {\"a\":1}}"})");
  tally met;
  REQUIRE(compare(request, same, additional, met).empty());
  CHECK(met[differs::durations.name] == 1);

  const auto found = [&](auto change) {
    transport::request other = same;
    change(other);
    return compare(request, other, additional, met).size();
  };
  CHECK(found([](auto& r) { r.method = "PUT"; }) == 1);
  CHECK(found([](auto& r) { r.url.replace(r.url.find("h:1"), 3, "h:2"); }) == 1);
  CHECK(found([](auto& r) { r.url = "https://h:1/api/v1/tasks/a/b/trigger?x=1&y=a%20b"; }) == 1);
  CHECK(found([](auto& r) { r.url = "https://h:1/api/v1/tasks/a%2Fb/trigger?y=a%20b&x=1"; }) == 1);
  CHECK(found([](auto& r) { r.url = "https://h:1/api/v1/tasks/a%2Fb/trigger"; }) == 1);
  CHECK(found([](auto& r) { r.chunked = true; }) == 1);
  for (std::size_t i = 0; i < same.headers.size(); ++i) {
    CAPTURE(same.headers[i].first);
    CHECK(found([&](auto& r) { r.headers.erase(r.headers.begin() + static_cast<std::ptrdiff_t>(i)); }) >= 1);
    CHECK(found([&](auto& r) { r.headers[i].second = "other"; }) >= 1);
    CHECK(found([&](auto& r) { r.headers.push_back(r.headers[i]); }) >= 1);
  }
  const auto body = [&](std::string text) {
    return found([&](auto& r) { r.body = std::make_shared<const std::string>(std::move(text)); });
  };
  CHECK(
      body(R"({"payload":"{\"json\":{\"a\":2}}","options":{"payloadType":"application/super+json","ttl":"3600s"}})") ==
      1);
  CHECK(
      body(R"({"payload":"{\"json\":{\"a\":1}}","options":{"payloadType":"application/super+json","ttl":"3601s"}})") ==
      1);
  CHECK(body(R"({"payload":"{\"json\":{\"a\":1}}","options":{"payloadType":"application/super+json"}})") == 1);
  CHECK(body("not json") == 1);
  CHECK(found([](auto& r) { r.body = nullptr; }) >= 1);
}

TEST_CASE("a call that makes too few requests, or ends otherwise, is found") {
  std::ifstream file(TRIGGERD_SOURCE_DIR "/tests/conformance/data/recordings/runs.list-iterate-three-pages.json");
  REQUIRE(file);
  tally met;
  const json whole = json::parse(file);
  CHECK(judge(whole, met).passed());
  json once = whole;
  once["sdk_call"].erase("collect");
  CHECK_FALSE(judge(once, met).passed());
  json failed = whole;
  failed["outcome"] = {{"error", {{"status", 500}}}};
  CHECK_FALSE(judge(failed, met).passed());
  json unknown = whole;
  unknown["sdk_call"]["call"] = "runs.somethingNew";
  CHECK(judge(unknown, met).unmapped.find("runs.somethingNew") != std::string::npos);
}
