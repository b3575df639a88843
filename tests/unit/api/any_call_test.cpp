#include "api/any_call.hpp"

#include "api/codes.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using namespace triggerd::api;

TEST_CASE("every endpoint can be called by its id, with each part of its path encoded") {
  for (const auto& one : spec::endpoints()) {
    const std::string id(one.id);
    CAPTURE(id);
    parameters given;
    for (const auto name : path_names(one)) given.emplace_back(std::string(name), "a/b c");
    given.emplace_back("x", "1 2");
    const auto made = any_call(one.id, given);
    REQUIRE(made.has_value());
    CHECK(made->what.endpoint == &one);
    CHECK(made->what.path.ends_with("?x=1+2"));
    CHECK(made->what.path.find('{') == std::string::npos);
    for (const auto name : path_names(one)) CHECK(path_part(made->what, name) == "a/b c");
  }
}

TEST_CASE("what is missing, unknown or too much is named") {
  const auto message = [](const auto& made) { return made.has_error() ? made.error().message : std::string(); };
  CHECK(message(any_call("runs.retrive", {})).find("did you mean \"runs.retrieve\"") != std::string::npos);
  CHECK(message(any_call("runs.retrieve", {})).find("needs runId") != std::string::npos);
  CHECK(message(any_call("runs.retrieve", {{"runId", ""}})).find("needs runId") != std::string::npos);
  CHECK(message(any_call("runs.cancel", {{"runId", "r"}}, std::make_shared<const std::string>("{}")))
            .find("takes no body") != std::string::npos);
  CHECK(any_call("runs.cancel", {}).error().code == api::codes::bad_argument);
}

TEST_CASE("a body goes with the content type of its endpoint") {
  const auto body = std::make_shared<const std::string>("{}");
  CHECK(any_call("tasks.trigger", {{"taskId", "t"}}, body)->what.content_type == "application/json");
  const auto items = any_call("batches.items", {{"batchId", "b"}}, body).value();
  CHECK(items.what.content_type == "application/x-ndjson");
  CHECK(items.what.chunked);
}

TEST_CASE("the reply comes as it is, with its type") {
  const auto made = any_call("runs.retrieve", {{"runId", "r"}}).value();
  transport::response reply;
  reply.status = 200;
  reply.head.add("content-type", "application/json; charset=utf-8");
  reply.body = "[1]";
  const auto read = made.read(reply).value();
  CHECK(read.status == 200);
  CHECK(read.content_type == "application/json");
  CHECK(read.body == "[1]");
}
