#include "client/permission.hpp"

#include "api/any_call.hpp"
#include "api/codes.hpp"
#include "base/text.hpp"
#include "unit/client/bench.hpp"

using namespace triggerd;
using namespace triggerd::client;
using namespace triggerd::client::test;
using nlohmann::json;

namespace {

std::string token_with(const std::vector<std::string>& scopes, std::int64_t end = 4'000'000'000) {
  const json claims{{"sub", "env_1"}, {"pub", true}, {"scopes", scopes}, {"exp", end}};
  return text::base64url(R"({"alg":"HS256"})") + '.' + text::base64url(claims.dump()) + ".c2ln";
}

result<void> checked(const std::vector<std::string>& scopes, std::string_view endpoint, const api::parameters& given,
                     std::int64_t end = 4'000'000'000, instant now = instant(seconds(1'800'000'000))) {
  const auto what = api::any_call(endpoint, given).value().what;
  return check_permission(settings_of(token_with(scopes, end)), what, now);
}

}  // namespace

TEST_CASE("a token does what its scopes grant and no more, before anything is sent") {
  const struct {
    std::vector<std::string> scopes;
    std::string_view endpoint;
    api::parameters given;
    bool allowed;
  } cases[] = {
      {{"read:runs:run_1"}, "runs.retrieve", {{"runId", "run_1"}}, true},
      {{"read:runs:run_1"}, "runs.retrieve", {{"runId", "run_2"}}, false},
      {{"read:runs"}, "runs.retrieve", {{"runId", "run_2"}}, true},
      {{"write:runs:run_1"}, "runs.retrieve", {{"runId", "run_1"}}, false},
      {{"read:tags:user:1"}, "runs.retrieve", {{"runId", "run_1"}}, true},  // the server knows the run's tags
      {{"trigger:tasks:a/b"}, "tasks.trigger", {{"taskId", "a/b"}}, true},
      {{"trigger:tasks:a"}, "tasks.trigger", {{"taskId", "b"}}, false},
      {{"write:tasks"}, "tasks.trigger", {{"taskId", "b"}}, true},
      {{"admin"}, "runs.cancel", {{"runId", "run_1"}}, true},
      {{}, "runs.cancel", {{"runId", "run_1"}}, false},
      {{"write:sessions:chat-1"}, "sessions.append", {{"session", "session_x"}, {"io", "in"}}, true},  // another name
      {{"write:sessions:chat-1"}, "sessions.append", {{"session", "chat-1"}, {"io", "out"}}, false},
      {{"read:sessions:chat-1"}, "sessions.append", {{"session", "chat-1"}, {"io", "in"}}, false},
      {{"read:anything"}, "packets.get", {{"filename", "x"}}, true},
  };
  for (const auto& one : cases) {
    const std::string label = std::string(one.endpoint) + " with " + (one.scopes.empty() ? "none" : one.scopes[0]);
    CAPTURE(label);
    const auto verdict = checked(one.scopes, one.endpoint, one.given);
    CHECK(verdict.has_value() == one.allowed);
    if (!verdict) CHECK(verdict.error().code == api::codes::wrong_credential);
  }
}

TEST_CASE("an expired token is told as such, and not printed") {
  const auto verdict = checked({"read:runs"}, "runs.list", {}, 1'799'999'999);
  REQUIRE(verdict.has_error());
  CHECK(verdict.error().message.find("expired") != std::string::npos);
  CHECK(verdict.error().message.find("eyJ") == std::string::npos);
}

TEST_CASE("closing and updating a session is for secret keys") {
  for (const char* endpoint : {"sessions.close", "sessions.update"})
    CHECK(checked({"admin", "write:sessions"}, endpoint, {{"session", "s"}}).has_error());
}

TEST_CASE("the check of scopes can be left to the server, that of kinds cannot") {
  auto of = settings_of(token_with({}));
  of.check_scopes = false;
  const auto read = api::any_call("runs.retrieve", {{"runId", "r"}}).value().what;
  CHECK(check_permission(of, read, instant()).has_value());
  const auto schedules = api::any_call("schedules.list", {}).value().what;
  CHECK(check_permission(of, schedules, instant()).has_error());
}

TEST_CASE("what needs no credential is allowed without one") {
  settings of;
  const auto zones = api::any_call("schedules.timezones", {}).value().what;
  CHECK(check_permission(of, zones, instant()).has_value());
  CHECK(check_permission(of, reading(), instant()).has_error());
}
