#include "api/prompts.hpp"

#include "unit/api/family_bench.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

TEST_CASE("prompts and their versions are listed with all the server says") {
  CHECK(line_of("GET", list_prompts().what) == "/api/v1/prompts");
  hold_reader(list_prompts(), {R"({"data":[{"slug":"support-reply","x":1}]})",
                               {{"/data", form::list}, {"/data/0", form::object}, {"/data/0/slug", form::text}}});
  const auto all = value_of(list_prompts(), R"({"data":[{"slug":"support-reply","x":1}]})");
  CHECK(all.at(0).slug == "support-reply");
  CHECK(json::parse(all.at(0).value) == json{{"slug", "support-reply"}, {"x", 1}});
  CHECK(value_of(list_prompts(), R"({"data":[]})").empty());

  const auto versions = list_prompt_versions("support-reply");
  CHECK(line_of("GET", versions.what) == "/api/v1/prompts/support-reply/versions");
  hold_reader(versions, {R"({"data":[{"version":2,"labels":["production"]}]})",
                         {{"/data", form::list}, {"/data/0", form::object}, {"/data/0/version", form::count}}});
  const auto one = value_of(versions, R"({"data":[{"version":2,"labels":["production"]}]})").at(0);
  CHECK(one.version == 2);
  CHECK(one.labels == std::vector<std::string>{"production"});
  CHECK(json::parse(one.value)["version"] == 2);
}

TEST_CASE("a prompt is resolved with variables, by label or version") {
  prompt_question what;
  what.variables = R"({"name":"Ada"})";
  what.label = "production";
  const auto by_label = resolve_prompt("support-reply", what).value();
  CHECK(line_of("POST", by_label.what) == "/api/v1/prompts/support-reply");
  CHECK(sent(by_label.what) == json{{"variables", {{"name", "Ada"}}}, {"label", "production"}});
  what = {};
  what.version = 2;
  CHECK(sent(resolve_prompt("p", what)->what) == json{{"version", 2}});
  CHECK(sent(resolve_prompt("p", {})->what) == json::object());
  const std::string body =
      R"({"data":{"promptId":"prompt_1","slug":"support-reply","version":2,"labels":["production"],"text":"Hi Ada",)"
      R"("model":"gpt-4o","config":{"temperature":0}}})";
  hold_reader(
      by_label,
      {body, {{"/data", form::object}, {"/data/version", form::count}, {"/data/text", form::maybe_empty_text}}});
  const auto prompt = value_of(by_label, body);
  CHECK(prompt.id == "prompt_1");
  CHECK(prompt.slug == "support-reply");
  CHECK(prompt.version == 2);
  CHECK(prompt.labels == std::vector<std::string>{"production"});
  CHECK(prompt.text == "Hi Ada");
  CHECK(prompt.model == "gpt-4o");
  CHECK(prompt.config == R"({"temperature":0})");
}

TEST_CASE("a prompt is promoted and overridden") {
  const auto promote = promote_prompt("support-reply", 3);
  CHECK(line_of("POST", promote.what) == "/api/v1/prompts/support-reply/promote");
  CHECK(sent(promote.what) == json{{"version", 3}});
  prompt_override change;
  change.text = "Hello {{name}}\n";
  change.model = "gpt-4o";
  change.commit_message = "warmer";
  const auto create = create_prompt_override("support-reply", change).value();
  CHECK(line_of("POST", create.what) == "/api/v1/prompts/support-reply/override");
  CHECK(sent(create.what) ==
        json{{"textContent", "Hello {{name}}\n"}, {"model", "gpt-4o"}, {"commitMessage", "warmer"}});
  CHECK_FALSE(create.what.repeatable());
  change = {};
  change.text = "Hey";
  const auto update = update_prompt_override("support-reply", change).value();
  CHECK(line_of("PUT", update.what) == "/api/v1/prompts/support-reply/override");
  CHECK(sent(update.what) == json{{"textContent", "Hey"}});
  const auto remove = remove_prompt_override("support-reply");
  CHECK(line_of("DELETE", remove.what) == "/api/v1/prompts/support-reply/override");
  CHECK(remove.what.body == nullptr);
  const auto reactivate = reactivate_prompt_override("support-reply", 2);
  CHECK(line_of("POST", reactivate.what) == "/api/v1/prompts/support-reply/override/reactivate");
  CHECK(sent(reactivate.what) == json{{"version", 2}});
  for (const auto& what : {promote, create, update, remove, reactivate}) {
    hold_reader(what, {R"({"ok":true,"version":3})", {{"/ok", form::flag}}});
    CHECK_FALSE(reads(what, R"({"ok":false,"version":3})"));
    CHECK(value_of(what, R"({"ok":true,"version":3})").version == 3);
  }
}

TEST_CASE("what no prompt can be asked is refused") {
  prompt_question what;
  for (const auto* bad : {"{", "[]", "1"}) {
    what.variables = bad;
    hold_refused(resolve_prompt("p", what), "variables");
  }
  what = {};
  what.label = "a\nb";
  hold_refused(resolve_prompt("p", what), "label", "a\nb");
  hold_refused(create_prompt_override("p", {}), "override");
  prompt_override change;
  change.text = "\xff";
  hold_refused(update_prompt_override("p", change), "text");
  change = {};
  change.model = "a\tb";
  hold_refused(update_prompt_override("p", change), "model");
}
