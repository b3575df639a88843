#include "commands/discretion.hpp"

#include "base/redaction.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using commands::discreet;
using nlohmann::json;

namespace {

json shown(const char* endpoint, const char* reply) {
  redaction net;
  net.learn("hunter2-hunter2");
  const auto* of = spec::find_endpoint(endpoint);
  REQUIRE(of != nullptr);
  return discreet(*of, json::parse(reply), [&net](std::string_view text) { return net.clean(text); });
}

}  // namespace

TEST_CASE("members that are named like keys are hidden wherever they stand") {
  CHECK(
      shown("whoami.key", R"({"id": "env_1", "apiKey": "x", "project": {"pkApiKey": "y", "name": "Shop"}})") ==
      json::parse(R"({"id": "env_1", "apiKey": "[redacted]", "project": {"pkApiKey": "[redacted]", "name": "Shop"}})"));
  CHECK(shown("sessions.create", R"({"publicAccessToken": "x", "runId": "run_1"})") ==
        json::parse(R"({"publicAccessToken": "[redacted]", "runId": "run_1"})"));
  CHECK(shown("auth.publicTokens", R"({"token": "x"})") == json::parse(R"({"token": "[redacted]"})"));
  CHECK(shown("branches.archive", R"([{"branch": {"secretKey": ["x", {"inner": "y"}]}}])") ==
        json::parse(R"([{"branch": {"secretKey": ["[redacted]", {"inner": "[redacted]"}]}}])"));
}

TEST_CASE("what is no key stays, also numbers and flags beside keys") {
  const char* const run = R"({"idempotencyKey": "k", "concurrencyKey": "c", "key": "a", "tokens": 3, "isSecret": true,
    "payloadPresignedUrl": "https://store/x?sig=1", "token": 7, "value": "v", "variables": {"a": "b"}, "none": null})";
  CHECK(shown("runs.retrieve", run) == json::parse(run));
}

TEST_CASE("values of variables are hidden, whether they are secret or not") {
  CHECK(shown("envvars.list", R"([{"name": "A", "value": "1", "isSecret": false}, {"name": "B", "value": "2"}])") ==
        json::parse(R"([{"name": "A", "value": "[redacted]", "isSecret": false},
                        {"name": "B", "value": "[redacted]"}])"));
  CHECK(shown("envvars.resolveAll", R"({"variables": {"A": "1", "B": "2"}})") ==
        json::parse(R"({"variables": {"A": "[redacted]", "B": "[redacted]"}})"));
}

TEST_CASE("the net catches keys and known values in any text, also in names") {
  CHECK(shown("runs.retrieve", R"({"output": "it is hunter2-hunter2", "tr_prod_abcdefghijkl": 1,
    "error": {"message": "401 for tr_dev_abcdefghijkl"}})") ==
        json::parse(R"({"output": "it is [redacted]", "tr_prod_[redacted]": 1,
    "error": {"message": "401 for tr_dev_[redacted]"}})"));
}
