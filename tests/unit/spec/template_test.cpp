#include "spec/template.hpp"

#include "spec/codes.hpp"
#include "support/shown_result.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace triggerd;
using namespace triggerd::spec;
using nlohmann::json;

namespace {

// Values by full dotted name.
struct scope {
  std::map<std::string, json, std::less<>> values;
  name_lookup lookup() const {
    return [this](std::string_view name) -> const json* {
      const auto found = values.find(name);
      return found == values.end() ? nullptr : &found->second;
    };
  }
};

const scope& example() {
  static const scope s{{{"target.name", "shop-prod"},
                        {"target.labels.kubernetes.io/app", "shop"},
                        {"fire.attempt", 2},
                        {"fire.date", "2026-11-24"},
                        {"vars.size", 500},
                        {"vars.dry", false},
                        {"vars.ratio", 0.5},
                        {"vars.none", nullptr},
                        {"vars.list", json::array({1, "two"})},
                        {"item", {{"id", 9007199254740991}, {"deep", {{"x", true}}}}},
                        {"item.id", 9007199254740991},
                        {"line", 7}}};
  return s;
}

json rendered(std::string_view text) {
  const auto parsed = json_template::parse(text);
  REQUIRE(parsed);
  const auto out = parsed->render(example().lookup());
  REQUIRE(out);
  return *out;
}

std::string text_of(std::string_view text) {
  const auto out = render_text(text, example().lookup());
  REQUIRE(out);
  return *out;
}

}  // namespace

TEST_CASE("a string that is one placeholder keeps the type of what it names") {
  CHECK(rendered(R"({"a":"{{ vars.size }}"})") == json{{"a", 500}});
  CHECK(rendered(R"("{{vars.dry}}")") == json(false));
  CHECK(rendered(R"(["{{  vars.list  }}"])") == json::array({json::array({1, "two"})}));
  CHECK(rendered(R"("{{ vars.none }}")") == json(nullptr));
  CHECK(rendered(R"({"payload":"{{ item }}"})")["payload"]["id"] == 9007199254740991);
  CHECK(rendered(R"("{{ target.name }}")").is_string());
}

TEST_CASE("anything around a placeholder makes text") {
  CHECK(rendered(R"("size:{{ vars.size }}")") == "size:500");
  CHECK(rendered(R"(" {{ vars.size }}")") == " 500");
  CHECK(rendered(R"("{{ vars.dry }}{{ vars.ratio }}")") == "false0.5");
  CHECK(text_of("{{ vars.size }}") == "500");
  CHECK(text_of("rejects/{{ fire.date }}.{{ fire.attempt }}.ndjson") == "rejects/2026-11-24.2.ndjson");
}

TEST_CASE("what holds no placeholder stays as it is, keys included") {
  const char* plain = R"({"a":[1,2.5,null,true,"x"],"{{ item }}":{"b":{}}, "":"", "}}":"}} {x}"})";
  CHECK(rendered(plain) == json::parse(plain));
  CHECK(text_of("").empty());
}

TEST_CASE("four braces stand for a literal two") {
  CHECK(rendered(R"("{{{{ name }}")") == "{{ name }}");
  CHECK(text_of("{{{{{{ vars.size }}}}") == "{{500}}");
  CHECK(text_of("a{{{{b") == "a{{b");
}

TEST_CASE("values are not looked at again") {
  scope sly{{{"vars.x", "{{ target.name }}"}}};
  CHECK(*render_text("{{ vars.x }}!", sly.lookup()) == "{{ target.name }}!");
}

TEST_CASE("places deep in the document are filled, odd keys too") {
  const auto out = rendered(R"({"a/b":{"c~d":[0,["{{ line }}"]]}, "e":["x-{{ fire.attempt }}"]})");
  CHECK(out == json::parse(R"({"a/b":{"c~d":[0,[7]]}, "e":["x-2"]})"));
}

TEST_CASE("a name may hold further dots and slashes") {
  CHECK(text_of("{{ target.labels.kubernetes.io/app }}") == "shop");
}

TEST_CASE("a template renders often, and moves") {
  auto parsed = json_template::parse(R"({"line":"{{ line }}"})");
  REQUIRE(parsed);
  json_template kept = std::move(*parsed);
  for (int i = 0; i < 3; ++i) {
    const scope s{{{"line", i}}};
    CHECK(*kept.render(s.lookup()) == json{{"line", i}});
  }
}

TEST_CASE("the names used are listed once each") {
  const auto parsed = json_template::parse(R"(["{{ vars.a }} {{ item.b.c }}", {"x":"{{ vars.a }}"}])");
  REQUIRE(parsed);
  CHECK(parsed->names() == std::vector<std::string>{"vars.a", "item.b.c"});
  CHECK(*names_in("{{ line }}-{{ fire.id }}-{{line}}-{{{{ no }}") == std::vector<std::string>{"line", "fire.id"});
}

TEST_CASE("an unclosed placeholder is an error that quotes it") {
  const auto parsed = json_template::parse(R"({"a":["x {{ vars.size"]})");
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().code == spec::codes::placeholder);
  CHECK(parsed.error().message.find("\"{{ vars.size\"") != std::string::npos);
  CHECK(parsed.error().message.find("/a/0") != std::string::npos);
  CHECK_FALSE(render_text("{{", example().lookup()));
}

TEST_CASE("an unknown placeholder is an error that quotes it") {
  for (const auto text :
       {"{{ name }}", "{{}}", "{{ }}", "{{ target.key }}", "{{ vars }}", "{{ vars. }}", "{{ vars..a }}", "{{ item.}}",
        "{{ vars.a b }}", "{{ vars.a | upper }}", "{{ env.HOME }}", "{{ .item }}"}) {
    INFO(text);
    const auto out = names_in(text);
    REQUIRE_FALSE(out);
    CHECK(out.error().code == spec::codes::placeholder);
    CHECK(out.error().message.find(text) != std::string::npos);
  }
}

TEST_CASE("a known name without a value is an error that says where") {
  const auto parsed = json_template::parse(R"({"a":{"b":"{{ vars.absent }}"}})");
  REQUIRE(parsed);
  const auto out = parsed->render(example().lookup());
  REQUIRE_FALSE(out);
  CHECK(out.error().code == spec::codes::missing_value);
  CHECK(out.error().message.find("{{ vars.absent }}") != std::string::npos);
  CHECK(out.error().message.find("/a/b") != std::string::npos);
}

TEST_CASE("only scalars stand inside text") {
  for (const auto text : {"x{{ vars.list }}", "x{{ item }}", "x{{ vars.none }}"}) {
    INFO(text);
    const auto out = render_text(text, example().lookup());
    REQUIRE_FALSE(out);
    CHECK(out.error().code == spec::codes::template_text);
  }
}

TEST_CASE("what is not JSON, or nested without end, is refused") {
  CHECK_FALSE(json_template::parse("{"));
  CHECK_FALSE(json_template::parse(""));
  CHECK(json_template::parse(std::string(100, '[') + std::string(100, ']')));
  CHECK_FALSE(json_template::parse(std::string(20'000, '[') + std::string(20'000, ']')));
}

TEST_CASE("the closed set knows items only where they exist") {
  for (const auto name : {"target.name", "target.project", "target.environment", "target.branch", "target.branch_slug",
                          "target.labels.app", "target.vars.x", "job.name", "fire.id", "fire.at", "fire.date",
                          "fire.attempt", "vars.x"}) {
    INFO(name);
    CHECK(is_known_name(name, false));
    CHECK(is_known_name(name, true));
  }
  for (const auto name : {"item", "item.a", "item.a.b", "line"}) {
    INFO(name);
    CHECK(is_known_name(name, true));
    CHECK_FALSE(is_known_name(name, false));
  }
  for (const auto name : {"", "target", "target.", "target.labels", "target.labels.", "vars.", "items", "lines",
                          "item.", "fire", "fire.x", "job", "TARGET.NAME"}) {
    INFO(name);
    CHECK_FALSE(is_known_name(name, true));
  }
}
