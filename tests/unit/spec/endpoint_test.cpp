#include "spec/endpoint.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <map>
#include <set>

using namespace triggerd::spec;
using nlohmann::json;

namespace {

json contract() {
  std::ifstream file(TRIGGERD_SOURCE_DIR "/tests/conformance/data/endpoints.json");
  REQUIRE(file);
  return json::parse(file).at("endpoints");
}

key_access access_of(const json& value) {
  if (value.is_boolean()) {
    REQUIRE_FALSE(value.get<bool>());
    return key_access::no;
  }
  static const std::map<std::string, key_access> words{
      {"scoped", key_access::scoped}, {"full", key_access::full}, {"scope admin", key_access::admin}};
  return words.at(value.get<std::string>());
}

repeatable repeatable_of(const json& value) {
  if (value.is_boolean()) return value.get<bool>() ? repeatable::yes : repeatable::no;
  static const std::set<std::string> keyed{"with options.idempotencyKey", "with item idempotencyKey",
                                           "with idempotencyKey"};
  return keyed.contains(value.get<std::string>()) ? repeatable::with_key : repeatable::see_notes;
}

rate_limiter limiter_of(const json& value) {
  static const std::map<std::string, rate_limiter> words{{"api", rate_limiter::api},
                                                         {"management", rate_limiter::management},
                                                         {"api + batch runs", rate_limiter::batch_runs},
                                                         {"none", rate_limiter::none},
                                                         {"none for a fresh batch", rate_limiter::none},
                                                         {"connections", rate_limiter::none}};
  return words.at(value.get<std::string>());
}

std::string body_of(const json& value) {
  static const std::map<std::string, std::string> words{{"json", "json"},
                                                        {"ndjson", "ndjson"},
                                                        {"raw text", "text"},
                                                        {"json or multipart", "json"},
                                                        {"none, or json (4.8.3)", ""}};
  return value.is_null() ? "" : words.at(value.get<std::string>());
}

}  // namespace

TEST_CASE("the compiled table agrees with the contract, entry by entry") {
  const json entries = contract();
  REQUIRE(entries.size() == endpoints().size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const json& written = entries[i];
    const endpoint& compiled = endpoints()[i];
    const json& auth = written.at("auth");
    INFO(written.at("id").get<std::string>());
    CHECK(compiled.id == written.at("id").get<std::string>());
    CHECK(compiled.method == written.at("http_method").get<std::string>());
    CHECK(compiled.path == written.at("path_template").get<std::string>());
    CHECK(compiled.secret_key == auth.at("secret_key").get<bool>());
    CHECK(compiled.additional_key == access_of(auth.at("additional_key")));
    CHECK(compiled.pat == auth.at("pat").get<bool>());
    CHECK(compiled.org_token == auth.at("org_token").get<bool>());
    CHECK(compiled.public_token == auth.at("public_token").is_array());
    CHECK(compiled.idempotent == repeatable_of(written.at("idempotent")));
    CHECK(compiled.limiter == limiter_of(written.at("rate_limiter")));
    const std::string branch = written.at("branch_header");
    CHECK(compiled.sends_branch == (branch == "key" || branch == "preview" || branch.starts_with("pat:")));
    CHECK(compiled.body == body_of(written.at("request_body")));
  }
}

TEST_CASE("every id is found once, and nothing else") {
  std::set<std::string_view> ids;
  for (const auto& e : endpoints()) {
    CHECK(ids.insert(e.id).second);
    CHECK(find_endpoint(e.id) == &e);
  }
  CHECK(find_endpoint("tasks.trig") == nullptr);
  CHECK(find_endpoint("") == nullptr);
}

TEST_CASE("a personal access token cannot trigger, batch, replay or cancel") {
  for (const auto id :
       {"tasks.trigger", "batches.create", "batches.items", "runs.replay", "runs.cancel", "bulk.create"}) {
    INFO(id);
    const auto* e = find_endpoint(id);
    REQUIRE(e);
    CHECK(may_call(credential_kind::secret_key, *e));
    CHECK(may_call(credential_kind::additional_key, *e));
    CHECK_FALSE(may_call(credential_kind::pat, *e));
    CHECK_FALSE(may_call(credential_kind::org_token, *e));
  }
  CHECK(may_call(credential_kind::pat, *find_endpoint("envvars.upload")));
  CHECK(may_call(credential_kind::public_token, *find_endpoint("tasks.trigger")));
  CHECK_FALSE(may_call(credential_kind::public_token, *find_endpoint("runs.replay")));
  CHECK_FALSE(may_call(credential_kind::secret_key, *find_endpoint("runs.listProject")));
}

TEST_CASE("what repeating does is known for the effects that matter") {
  CHECK(find_endpoint("tasks.trigger")->idempotent == repeatable::with_key);
  CHECK(find_endpoint("batches.items")->idempotent == repeatable::yes);
  CHECK(find_endpoint("runs.replay")->idempotent == repeatable::no);
}

TEST_CASE("who may call is said in words") {
  CHECK(who_may_call(*find_endpoint("runs.replay")) == "a secret key or an additional key");
  CHECK(who_may_call(*find_endpoint("runs.listProject")) == "a personal access token");
  CHECK(who_may_call(*find_endpoint("tasks.trigger")) == "a secret key, an additional key or a public access token");
}
