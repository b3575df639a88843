#include "site.hpp"

#include "sandbox/public_tokens.hpp"

#include <doctest/doctest.h>

namespace triggerd::sandbox::test {

TEST_SUITE("identity") {
  TEST_CASE("no credential is told before routing, as a problem") {
    site at;
    for (const char* path : {"/api/v1/whoami", "/api/v1/nobody"}) {
      const answered none = at.get(path, nullptr);
      CHECK(none.status == 401);
      CHECK(none.header("content-type") == "application/problem+json; charset=utf-8");
      CHECK(none.error() == "No authorization header provided");
      CHECK_FALSE(none.header("x-ratelimit-limit").has_value());
    }
  }

  TEST_CASE("each route has its own words for a wrong credential") {
    site at;
    const char* unknown = "tr_prod_unknown0000000000000000";
    CHECK(at.get("/api/v1/whoami", unknown).error() == "Invalid or Missing API key");
    CHECK(at.get("/api/v1/runs", unknown).error() == "Invalid API key");
    CHECK(at.get("/api/v1/runs", user_token).error() == "Invalid API key");
    CHECK(at.get("/api/v2/whoami", prod_key).error() == "Invalid or Missing Access Token");
    CHECK(at.get("/api/v1/projects", prod_key).error() == "Invalid or Missing PAT");
  }

  TEST_CASE("the scheme's word is case-sensitive, blanks around the key are not, and it may be missing") {
    site at;
    const auto status = [&](const std::string& value) {
      request asked = at.make("GET", "/api/v1/runs", "", nullptr);
      asked.headers.emplace_back("authorization", value);
      return at.send(asked).status;
    };
    CHECK(status("bearer " + std::string(prod_key)) == 401);
    CHECK(status("Bearer  " + std::string(prod_key) + " ") == 200);
    CHECK(status(prod_key) == 200);
    CHECK(status("Basic Zm9vOmJhcg==") == 401);
  }

  TEST_CASE("a preview key needs a branch that lives; older routes tell nothing of it") {
    site at;
    const auto with = [&](const char* branch) {
      return at.trigger("hello", json::object(), preview_key, {{"x-trigger-branch", branch}});
    };
    CHECK(at.trigger("hello", json::object(), preview_key).error() ==
          "x-trigger-branch header required for preview env");
    CHECK(with("").error() == "x-trigger-branch header required for preview env");
    CHECK(with("nobody").error() == "No matching branch env");
    CHECK(with("gone").error() == "No matching branch env");
    CHECK(with("feat/checkout").status == 200);
    CHECK(with("feat%2Fcheckout").status == 401);
    CHECK(at.get("/api/v1/whoami", preview_key).error() == "Invalid or Missing API key");
    const answered who = at.get("/api/v1/whoami", preview_key, {{"x-trigger-branch", "demo"}});
    CHECK(who.body.at("branchName") == "demo");
    CHECK(who.body.at("parentEnvironmentId").is_string());
    CHECK(at.get("/api/v1/whoami", prod_key, {{"x-trigger-branch", "nobody"}}).status == 200);
    CHECK(at.trigger("hello", json::object(), dev_key, {{"x-trigger-branch", "nobody"}}).status == 401);
    CHECK(at.trigger("hello", json::object(), dev_key, {{"x-trigger-branch", "default"}}).status == 200);
  }

  TEST_CASE("whoami of a key names its environment, whoami of a token its user and perhaps the project") {
    site at;
    const answered key = at.get("/api/v1/whoami");
    CHECK(key.body.at("type") == "PRODUCTION");
    CHECK(key.body.at("project").at("externalRef") == shop);
    const std::string path = "/api/v2/whoami?projectRef=";
    CHECK(at.get(path + shop, user_token).body.at("project").at("name") == "Shop");
    CHECK_FALSE(at.get(path + shop, stranger_token).body.contains("project"));
    CHECK_FALSE(at.get(path + "proj_nobody", user_token).body.contains("project"));
  }

  TEST_CASE("environments and branches of a project") {
    site at;
    const std::string project = "/api/v1/projects/" + std::string(shop);
    const json homes = at.get(project + "/environments", user_token).body;
    REQUIRE(homes.size() == 4);
    CHECK(homes[1].at("slug") == "stg");
    const json branches = at.get(project + "/branches", user_token).body.at("branches");
    REQUIRE(branches.size() == 2);  // archived ones are not listed
    CHECK(branches[1].at("name") == "feat/checkout");
    const answered made = at.post(project + "/branches", {{"branch", "new"}, {"env", "preview"}}, user_token);
    CHECK(at.post(project + "/branches", {{"branch", "new"}, {"env", "preview"}}, user_token).id() == made.id());
    CHECK(at.trigger("hello", json::object(), preview_key, {{"x-trigger-branch", "new"}}).status == 200);
    CHECK(at.post(project + "/branches/archive", {{"branch", "new"}, {"env", "preview"}}, user_token).status == 200);
    CHECK(at.post(project + "/branches/archive", {{"branch", "new"}, {"env", "preview"}}, user_token).error() ==
          "Branch already archived");
    CHECK(at.post(project + "/branches/archive", {{"branch", "nobody"}, {"env", "preview"}}, user_token).status == 404);
  }

  TEST_CASE("the environment's route hands out the key, to a user and to a key of the project") {
    site at;
    const std::string project = "/api/v1/projects/" + std::string(shop);
    CHECK(at.get(project + "/staging", user_token).body.at("apiKey") == staging_key);
    CHECK(at.get(project + "/staging", prod_key).body.at("apiKey") == prod_key);
    CHECK(at.get(project + "/production", user_token).status == 400);
    CHECK(at.get(project + "/prod", stranger_token).status == 404);
  }

  TEST_CASE("a narrow key does what its scopes say") {
    site at;
    CHECK(at.trigger("hello", json::object(), narrow_key).status == 200);
    const answered refused = at.trigger("flaky", json::object(), narrow_key);
    CHECK(refused.status == 403);
    CHECK(refused.body == json({{"error", "Unauthorized"},
                                {"code", "unauthorized"},
                                {"param", "access_token"},
                                {"type", "authorization"}}));
    CHECK(at.get("/api/v1/runs", narrow_key).status == 403);
    CHECK(at.get("/api/v1/whoami", narrow_key).status == 401);
  }

  TEST_CASE("a public token shows the environment, does what its scopes say and ends") {
    site at;
    const answered made = at.post("/api/v1/auth/public-tokens", {{"scopes", {"read:runs"}}, {"expirationTime", "1m"}});
    REQUIRE(made.status == 200);
    const std::string token = made.body.at("token");
    CHECK(read_claims(token)->subject == at.get("/api/v1/whoami").body.at("id"));
    CHECK(at.get("/api/v1/runs", token.c_str()).status == 200);
    CHECK(at.trigger("hello", json::object(), token.c_str()).status == 403);
    at.pass(seconds(61));
    CHECK(at.get("/api/v1/runs", token.c_str()).error() == "Public Access Token is invalid");
    CHECK(at.get("/api/v1/runs", (token + "x").c_str()).error() == "Public Access Token is invalid");
  }

  TEST_CASE("paths: unknown ones are a page, slashes at the end move, methods are checked") {
    site at;
    const answered page = at.get("/api/v1/nobody");
    CHECK(page.status == 404);
    CHECK(page.header("content-type") == "text/html; charset=utf-8");
    CHECK(page.text.size() > 5'000);
    const answered moved = at.get("/api/v1/runs/");
    CHECK(moved.status == 301);
    CHECK(moved.header("location") == "/api/v1/runs");
    CHECK(at.send(at.make("PUT", "/api/v3/batches", "{}", prod_key)).status == 405);
    CHECK(at.send(at.make("DELETE", "/api/v1/runs", "", prod_key)).body.at("message") == "Unexpected Server Error");
  }
}

}  // namespace triggerd::sandbox::test
