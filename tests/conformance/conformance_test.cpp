// The requests of recorded calls of the official SDK, beside those that our client makes for the same calls.
// TRIGGERD_RECORDINGS names another folder of recordings than the repository's.
#include "conformance/compare.hpp"
#include "conformance/replay.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

using namespace triggerd;
using namespace triggerd::conformance;
using nlohmann::json;

namespace {

const char* other_folder() { return std::getenv("TRIGGERD_RECORDINGS"); }

std::vector<std::filesystem::path> files() {
  const char* other = other_folder();
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(
           other != nullptr ? other : TRIGGERD_SOURCE_DIR "/tests/conformance/data/recordings"))
    if (entry.path().extension() == ".json") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

json recording_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  REQUIRE_MESSAGE(file, path.string());
  return json::parse(file);
}

struct session {
  std::vector<judgement> all;
  tally met;
};

// Played once; the cases look at it.
const session& played() {
  static const session whole = [] {
    session out;
    for (const auto& path : files()) {
      const json recording = recording_of(path);
      CHECK(path.stem().string() == recording.at("name").get<std::string>());
      out.all.push_back(judge(recording, out.met));
    }
    return out;
  }();
  return whole;
}

std::string_view reason_of(const std::string& name) {
  for (const auto& one : not_compared())
    if (one.name == name) return one.reason;
  return {};
}

std::string told(const judgement& of) {
  if (!of.unmapped.empty()) return "cannot be mapped: " + of.unmapped;
  std::string text;
  for (const auto& one : of.complaints) text += "\n    " + one;
  return text;
}

}  // namespace

TEST_CASE("every recorded call makes the same requests here, or is listed with its reason") {
  std::size_t compared = 0, passed = 0, skipped = 0, requests = 0;
  for (const auto& one : played().all) {
    if (const auto reason = reason_of(one.name); !reason.empty()) {
      ++skipped;
      std::cout << "  not compared: " << one.name << ": " << reason << '\n';
      continue;
    }
    ++compared;
    passed += one.passed();
    requests += one.requests;
    CHECK_MESSAGE(one.passed(), one.name << ": " << told(one));
  }
  for (const auto& one : differences()) {
    const auto found = played().met.find(one.name);
    std::cout << "  differs on purpose: " << one.name << " (" << (found == played().met.end() ? 0 : found->second)
              << " times): " << one.reason << '\n';
  }
  std::cout << "conformance: " << played().all.size() << " recordings; " << compared << " compared (" << requests
            << " requests), " << passed << " passed, " << compared - passed << " failed, " << skipped
            << " not compared for the reasons above\n";
  CHECK(compared + skipped == played().all.size());
  CHECK(compared > 0);
}

TEST_CASE("nothing is listed that could be compared, and no difference that is not met") {
  if (other_folder() != nullptr) return;
  for (const auto& one : not_compared()) {
    CAPTURE(one.name);
    CHECK_FALSE(one.reason.empty());
    const auto found =
        std::find_if(played().all.begin(), played().all.end(), [&](const auto& j) { return j.name == one.name; });
    REQUIRE(found != played().all.end());
    CHECK_FALSE(found->passed());
  }
  for (const auto& one : differences()) {
    CAPTURE(one.name);
    CHECK(played().met.contains(one.name));
  }
}

TEST_CASE("each part of a request that is not as recorded is found") {
  const json request{
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
  const auto all = files();
  const auto path =
      std::find_if(all.begin(), all.end(), [](const auto& p) { return p.stem() == "runs.list-iterate-three-pages"; });
  if (path == all.end()) return;
  tally met;
  const json whole = recording_of(*path);
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
