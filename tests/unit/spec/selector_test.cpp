#include "spec/selector.hpp"

#include "spec/codes.hpp"
#include "support/shown_result.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using namespace triggerd::spec;

namespace {

using entries = std::vector<std::string>;

target_spec target(std::string name, environment env, std::map<std::string, std::string> labels) {
  target_spec t;
  t.name = std::move(name);
  t.project = "proj_" + t.name;
  t.env = env;
  t.labels = std::move(labels);
  return t;
}

const std::vector<target_spec>& fleet() {
  static const std::vector<target_spec> all{
      target("shop-prod", environment::prod, {{"app", "shop"}, {"tier", "prod"}}),
      target("shop-staging", environment::staging, {{"app", "shop"}, {"tier", "staging"}}),
      target("shop-demo", environment::preview, {{"app", "shop"}, {"tier", "demo"}}),
      target("crm-prod", environment::prod, {{"app", "crm"}, {"tier", "prod"}}),
      target("plant", environment::prod, {{"app", "plant"}}),
  };
  return all;
}

std::string names(const result<selector>& chosen) {
  REQUIRE(chosen);
  std::string out;
  for (const auto& t : fleet())
    if (chosen->matches(t)) out += t.name + ' ';
  return out;
}

std::string chosen(const entries& written) { return names(selector::parse(written)); }

}  // namespace

TEST_CASE("entries are OR, and a bare term is a glob on the name") {
  CHECK(chosen({"shop-prod", "crm-*"}) == "shop-prod crm-prod ");
  CHECK(chosen({"*"}) == "shop-prod shop-staging shop-demo crm-prod plant ");
  CHECK(chosen({"shop"}).empty());
}

TEST_CASE("a comma inside one entry is AND") {
  CHECK(chosen({"tier=prod,app!=shop"}) == "crm-prod ");
  CHECK(chosen({" tier = prod , shop-* "}) == "shop-prod ");
}

TEST_CASE("a label that is missing equals nothing") {
  CHECK(chosen({"tier=*"}) == "shop-prod shop-staging shop-demo crm-prod ");
  CHECK(chosen({"tier!=prod"}) == "shop-staging shop-demo plant ");
  CHECK(chosen({"tier!=*"}) == "plant ");
}

TEST_CASE("removal always wins, wherever it stands") {
  CHECK(chosen({"tier=*", "!shop-demo"}) == "shop-prod shop-staging crm-prod ");
  CHECK(chosen({"!shop-demo", "shop-demo", "plant"}) == "plant ");
  CHECK(chosen({"*", "!app=shop,tier=prod"}) == "shop-staging shop-demo crm-prod plant ");
}

TEST_CASE("project, environment, branch and name can be asked for") {
  CHECK(chosen({"environment=prod,name!=plant"}) == "shop-prod crm-prod ");
  CHECK(chosen({"environment=stg"}) == "shop-staging ");
  CHECK(chosen({"project=proj_crm-*"}) == "crm-prod ");
  target_spec on_branch = target("x", environment::preview, {});
  on_branch.branch = "feat/login";
  CHECK(selector::parse(entries{"branch=feat/*"})->matches(on_branch));
  CHECK_FALSE(selector::parse(entries{"branch=feat/*"})->matches(fleet().front()));
}

TEST_CASE("a built-in key is not hidden by a label of its name") {
  const auto t = target("a", environment::dev, {{"environment", "prod"}, {"name", "b"}});
  CHECK_FALSE(selector::parse(entries{"environment=prod"})->matches(t));
  CHECK_FALSE(selector::parse(entries{"name=b"})->matches(t));
}

TEST_CASE("a selector that is no more than a name says so") {
  CHECK(selector::parse(entries{" shop-prod "})->only_name() == "shop-prod");
  for (const entries& written : {entries{"shop-*"}, entries{"sh?p"}, entries{"a", "b"}, entries{"a,b"},
                                 entries{"a", "!b"}, entries{"name=a"}, entries{"tier=prod"}}) {
    INFO(written.front());
    CHECK_FALSE(selector::parse(written)->only_name());
  }
}

TEST_CASE("the command line separates entries by blanks") {
  CHECK(names(selector::parse(std::string_view("app=shop,tier=staging  crm-prod"))) == "shop-staging crm-prod ");
  CHECK(names(selector::parse(std::string_view("* !app=shop"))) == "crm-prod plant ");
}

TEST_CASE("a selector that cannot be meant is refused, quoting the entry") {
  for (const entries& written :
       {entries{}, entries{""}, entries{"!"}, entries{"a,,b"}, entries{"tier="}, entries{"=prod"}, entries{"!=prod"},
        entries{"a,!b"}, entries{"!!a"}, entries{"!shop-demo"}, entries{"shop-preview@feat/*"}}) {
    INFO((written.empty() ? std::string("(empty)") : written.front()));
    const auto parsed = selector::parse(written);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == spec::codes::selector);
  }
  CHECK(selector::parse(entries{"ok", "tier="}).error().message.find("\"tier=\"") != std::string::npos);
  CHECK_FALSE(selector::parse(std::string_view("  ")));
}
