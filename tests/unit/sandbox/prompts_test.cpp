#include "site.hpp"

#include "sandbox/prompt_store.hpp"

#include <doctest/doctest.h>

namespace triggerd::sandbox::test {

namespace {

constexpr const char* the_prompt = "/api/v1/prompts/support-reply";

world prompting_world() {
  world out = small_world();
  out.projects[0].environments[3].prompts = {{"support-reply", "Hello {{name}}"}, {"empty", ""}};
  return out;
}

std::string at_prompt(const char* action) { return std::string(the_prompt) + action; }

std::string resolved(site& at, const json& more = json::object()) {
  json body = {{"variables", {{"name", "Ada"}}}};
  body.update(more);
  const answered got = at.post(the_prompt, body);
  return got.status == 200 ? got.body.at("data").at("text").get<std::string>() : got.error();
}

}  // namespace

TEST_SUITE("prompts") {
  TEST_CASE("a prompt is listed with its current version and resolved with variables") {
    site at(prompting_world());
    const json list = at.get("/api/v1/prompts").body.at("data");
    REQUIRE(list.size() == 2);
    CHECK(list[0].at("slug") == "support-reply");
    CHECK(list[0].at("currentVersion") == 1);
    CHECK(list[0].at("hasOverride") == false);
    CHECK(resolved(at) == "Hello Ada");
    CHECK(at.get("/api/v1/prompts", staging_key).body.at("data").empty());
  }

  TEST_CASE("an override is used before what is current, until it is removed") {
    site at(prompting_world());
    const answered made =
        at.post(at_prompt("/override"), {{"textContent", "Hey {{name}}"}, {"model", "m"}, {"commitMessage", "warm"}});
    CHECK(made.body == json({{"ok", true}, {"version", 2}}));
    CHECK(resolved(at) == "Hey Ada");
    CHECK(resolved(at, {{"label", "current"}}) == "Hey Ada");
    CHECK(resolved(at, {{"version", 1}}) == "Hello Ada");
    CHECK(at.get("/api/v1/prompts").body.at("data")[0].at("defaultModel") == "m");
    CHECK(at.put(at_prompt("/override"), {{"textContent", "Ho {{name}}"}}).body == json({{"ok", true}}));
    CHECK(resolved(at) == "Ho Ada");
    const json versions = at.get(at_prompt("/versions")).body.at("data");
    REQUIRE(versions.size() == 2);
    CHECK(versions[0].at("labels") == json({"override"}));
    CHECK(versions[0].at("commitMessage") == "warm");
    CHECK(versions[1].at("source") == "code");
    CHECK(at.remove(at_prompt("/override")).body == json({{"ok", true}}));
    CHECK(resolved(at) == "Hello Ada");
    CHECK(at.put(at_prompt("/override"), {{"textContent", "x"}}).error() == "No active override to update");
  }

  TEST_CASE("a removed override comes back by its version; code never does, and only code is promoted") {
    site at(prompting_world());
    at.post(at_prompt("/override"), {{"textContent", "two"}});
    at.post(at_prompt("/override"), {{"textContent", "three"}});
    CHECK(resolved(at) == "three");
    CHECK(at.post(at_prompt("/override/reactivate"), {{"version", 2}}).status == 200);
    CHECK(resolved(at) == "two");
    CHECK(at.post(at_prompt("/override/reactivate"), {{"version", 1}}).status == 400);
    CHECK(at.post(at_prompt("/promote"), {{"version", 2}}).status == 400);
    CHECK(at.post(at_prompt("/promote"), {{"version", 1}}).body == json({{"ok", true}}));
  }

  TEST_CASE("what is not there or not right is refused") {
    site at(prompting_world());
    CHECK(at.post("/api/v1/prompts/nobody", json::object()).error() == "Prompt not found");
    CHECK(at.get("/api/v1/prompts/nobody/versions").status == 404);
    CHECK(at.remove("/api/v1/prompts/nobody/override").status == 404);
    CHECK(at.post("/api/v1/prompts/empty", json::object()).error() == "Prompt has no content");
    CHECK(resolved(at, {{"version", 9}}) == "No version found");
    CHECK(resolved(at, {{"label", "canary"}}) == "No version found");
    CHECK(at.post(the_prompt, {{"variables", 1}}).status == 400);
    CHECK(at.post(the_prompt, {{"version", "1"}}).status == 400);
    CHECK(at.post(the_prompt, {{"label", 1}}).status == 400);
    CHECK(at.post(at_prompt("/override"), json::object()).error() == "Validation error: Required at \"textContent\"");
    CHECK(at.post(at_prompt("/override"), {{"textContent", "x"}, {"source", "code"}}).status == 400);
    CHECK(at.post(at_prompt("/override"), {{"textContent", 1}}).status == 400);
    for (const json& body :
         {json::object(), json({{"version", "1"}}), json({{"version", 0}}), json({{"version", 1.5}})})
      CHECK(at.post(at_prompt("/promote"), body).status == 400);
    CHECK(at.post(at_prompt("/promote"), {{"version", 9}}).error() == "Version 9 not found");
  }

  TEST_CASE("reading and changing are scopes of their own, for one prompt or all") {
    site at(prompting_world());
    const auto token = [&](const char* scope) {
      return at.post("/api/v1/auth/public-tokens", {{"scopes", {scope}}}).body.at("token").get<std::string>();
    };
    const std::string reader = token("read:prompts:support-reply");
    CHECK(at.post(the_prompt, json::object(), reader.c_str()).status == 200);
    CHECK(at.get(at_prompt("/versions"), reader.c_str()).status == 200);
    CHECK(at.post("/api/v1/prompts/empty", json::object(), reader.c_str()).status == 403);
    CHECK(at.get("/api/v1/prompts", reader.c_str()).status == 403);
    CHECK(at.get("/api/v1/prompts", token("read:prompts").c_str()).status == 200);
    const json text = {{"textContent", "x"}};
    CHECK(at.post(at_prompt("/override"), text, reader.c_str()).status == 403);
    CHECK(at.post(at_prompt("/promote"), {{"version", 1}}, reader.c_str()).status == 403);
    CHECK(at.remove(at_prompt("/override"), reader.c_str()).status == 403);
    CHECK(at.post(at_prompt("/override"), text, token("update:prompts").c_str()).status == 200);
    CHECK(at.put(at_prompt("/override"), text, reader.c_str()).status == 403);
  }

  TEST_CASE("a template is filled in; what is missing is empty, and a part may depend on a variable") {
    const json given = {{"name", "Ada"}, {"n", 3}, {"none", nullptr}, {"no", false}};
    CHECK(fill_prompt("{{ name }}, {{n}}", given) == "Ada, 3");
    CHECK(fill_prompt("[{{none}}{{unknown}}]", given) == "[]");
    CHECK(fill_prompt("{{#name}}Hi {{name}}{{/name}}{{#no}}no{{/no}}{{#unknown}}x{{/unknown}}!", given) == "Hi Ada!");
    CHECK(fill_prompt("{{#name}}open", given) == "open");
    CHECK(fill_prompt("a {{ b", given) == "a {{ b");
  }
}

}  // namespace triggerd::sandbox::test
