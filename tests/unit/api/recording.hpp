// What the official SDK sent and was answered, as the contract's recordings keep it.
#pragma once

#include "api/operation.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <fstream>
#include <string>

namespace triggerd::api::test {

inline nlohmann::json recording(const std::string& name) {
  std::ifstream file(TRIGGERD_SOURCE_DIR "/tests/conformance/data/recordings/" + name + ".json");
  REQUIRE(file.is_open());
  return nlohmann::json::parse(file);
}

// The method, address, body and those headers that are the call's own.
inline void check_request(const call& what, const std::string& name_of_recording, std::size_t index = 0) {
  CAPTURE(name_of_recording);
  const auto request = recording(name_of_recording).at("requests").at(index);
  CHECK(what.endpoint->method == request.at("method").get<std::string>());
  CHECK(what.path == request.at("target").get<std::string>());
  const auto body = request.at("body").get<std::string>();
  if (body.empty()) CHECK(what.body == nullptr);
  else {
    REQUIRE(what.body != nullptr);
    const auto wanted = nlohmann::json::parse(body, nullptr, false);
    if (wanted.is_discarded()) CHECK(*what.body == body);
    else CHECK(nlohmann::json::parse(*what.body) == wanted);
  }
  for (const auto& one : what.headers) {
    CAPTURE(one.first);
    if (one.first == "x-part-id") CHECK(request.at("headers").contains(one.first));
    else CHECK(request.at("headers").value(one.first, "") == one.second);
  }
}

inline transport::response answer_of(const std::string& name, std::size_t index = 0) {
  const auto given = recording(name).at("responses_given").at(index);
  transport::response reply;
  reply.status = given.at("status").get<int>();
  reply.body = given.at("body").get<std::string>();
  for (const auto& [header, value] : given.at("headers").items()) reply.head.add(header, value.get<std::string>());
  return reply;
}

}  // namespace triggerd::api::test
