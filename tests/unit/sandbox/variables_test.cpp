#include "site.hpp"

#include <doctest/doctest.h>

namespace triggerd::sandbox::test {

namespace {

const std::string base = "/api/v1/projects/" + std::string(shop) + "/envvars/";

answered import(site& at, const json& values, json more = json::object(), const char* key = prod_key,
                const std::string& slug = "prod", header_list headers = {}) {
  more["variables"] = values;
  return at.post(base + slug + "/import", more, key, std::move(headers));
}

std::map<std::string, std::string> list(site& at, const char* key = prod_key, const std::string& slug = "prod",
                                        header_list headers = {}) {
  std::map<std::string, std::string> out;
  const answered got = at.get(base + slug, key, std::move(headers));
  for (const json& one : got.body) out[one.at("name")] = one.at("value");
  return out;
}

using values = std::map<std::string, std::string>;

}  // namespace

TEST_SUITE("variables") {
  TEST_CASE("a secret key writes to its own environment, whatever the path says") {
    site at;
    CHECK(at.post(base + "staging", {{"name", "A"}, {"value", "1"}}).status == 200);
    CHECK(list(at) == values{{"A", "1"}});
    CHECK(list(at, staging_key, "staging").empty());
    const answered foreign = at.get("/api/v1/projects/" + std::string(other) + "/envvars/prod");
    CHECK(foreign.status == 400);
    CHECK(foreign.error().starts_with("Invalid project ref for this API key"));
  }

  TEST_CASE("a user's token writes where the path says, by either name of staging") {
    site at;
    CHECK(at.post(base + "staging", {{"name", "A"}, {"value", "1"}}, user_token).status == 200);
    CHECK(list(at, user_token, "stg") == values{{"A", "1"}});
    CHECK(list(at, staging_key, "staging") == values{{"A", "1"}});
    CHECK(at.get(base + "prod", stranger_token).status == 404);
  }

  TEST_CASE("an import writes all or nothing") {
    site at;
    CHECK(import(at, {{"A", "1"}, {"B", "2"}}).body == json({{"success", true}}));
    const answered refused = import(at, {{"B", "3"}, {"C", "4"}});
    CHECK(refused.status == 400);
    CHECK(refused.body.at("variableErrors")[0].at("key") == "B");
    CHECK(list(at) == values{{"A", "1"}, {"B", "2"}});
    CHECK(import(at, {{"B", "3"}, {"C", "4"}}, {{"override", true}}).status == 200);
    CHECK(list(at) == values{{"A", "1"}, {"B", "3"}, {"C", "4"}});
  }

  TEST_CASE("what no variable can be") {
    site at;
    CHECK(import(at, {{"A", ""}}).status == 400);
    CHECK(import(at, json::object()).error() == "You must set at least one valid variable.");
    CHECK(import(at, json::array()).error() == "Invalid body");
    CHECK(import(at, {{"A", "1"}, {"TRIGGER_SECRET_KEY", "x"}}).status == 200);
    CHECK(list(at) == values{{"A", "1"}});  // the reserved one is dropped without a word
    CHECK(at.post(base + "prod", {{"name", "TRIGGER_SECRET_KEY"}, {"value", "x"}}).status == 400);
    CHECK(at.post(base + "prod", {{"name", "A"}}).status == 400);
    CHECK(at.send(at.make("POST", base + "prod", "{", prod_key)).status == 500);  // not transient
    CHECK(at.post(base + "prod", {{"name", "with space="}, {"value", "x"}}).status == 200);
  }

  TEST_CASE("a secret reads back redacted and stays one") {
    site at;
    CHECK(import(at, {{"A", "hidden"}}, {{"isSecret", true}}).status == 200);
    CHECK(list(at) == values{{"A", "<redacted>"}});
    CHECK(import(at, {{"A", "new"}}, {{"isSecret", false}, {"override", true}}).status == 200);
    CHECK(at.get(base + "prod/A").body.at("isSecret") == true);
    const answered clear = at.get("/api/v1/projects/" + std::string(shop) + "/envvars");
    CHECK(clear.body.at("variables").at("A") == "new");  // this route hides nothing
    CHECK(clear.body.at("variables").at("TRIGGER_SECRET_KEY") == prod_key);
  }

  TEST_CASE("update and delete know only what is there") {
    site at;
    CHECK(at.put(base + "prod/A", {{"value", "1"}}).status == 404);
    CHECK(at.remove(base + "prod/A").status == 404);
    import(at, {{ "A", "1" }});
    CHECK(at.put(base + "prod/A", {{"value", "2"}}).status == 200);
    CHECK(list(at) == values{{"A", "2"}});
    CHECK(at.put(base + "prod/A", {{"value", ""}}).status == 200);  // and nothing changes
    CHECK(list(at) == values{{"A", "2"}});
    CHECK(at.remove(base + "prod/A").body == json({{"success", true}}));
    CHECK(at.get(base + "prod/A").error() == "Environment variable not found");
  }

  TEST_CASE("a branch sees its parent's variables first, and its own instead of them") {
    site at;
    const header_list demo = {{"x-trigger-branch", "demo"}};
    import(at, {{"A", "parent"}, { "B", "parent" }}, json::object(), user_token, "preview");
    import(at, {{"B", "branch"}, { "C", "branch" }}, json::object(), preview_key, "preview", demo);
    CHECK(list(at, preview_key, "preview", demo) == values{{"A", "parent"}, {"B", "branch"}, {"C", "branch"}});
    CHECK(list(at, user_token, "preview", demo) == values{{"A", "parent"}, {"B", "branch"}, {"C", "branch"}});
    CHECK(list(at, user_token, "preview") == values{{"A", "parent"}, {"B", "parent"}});
    CHECK(at.get(base + "preview", user_token, {{"x-trigger-branch", "nobody"}}).error() == "Branch not found");
  }

  TEST_CASE("the log of effects has the digest of a value and never the value") {
    site at;
    import(at, {{ "A", "plainly-visible" }});
    REQUIRE(at.server.effects().last() == 1);
    const std::string line = to_json(at.server.effects().all().front());
    CHECK(line.find("plainly-visible") == std::string::npos);
    CHECK(json::parse(line).at("sha256").get<std::string>().size() == 64);
    CHECK(json::parse(line).at("kind") == "variable-set");
  }
}

}  // namespace triggerd::sandbox::test
