// What `triggerd check` says and how it ends.
#include "unit/config/paper_machine.hpp"

#include "config/verdict.hpp"

#include <nlohmann/json.hpp>

using namespace triggerd;
using namespace triggerd::test;

namespace {

const std::string path = "/etc/triggerd/triggerd.toml";
const std::string warned = "[credential.c]\nenv = \"NOT_SET\"\n";

}  // namespace

TEST_CASE("good files end in one line that counts them") {
  const auto all =
      load(shop("[job.j]\ntype = \"trigger\"\ntargets = [\"*\"]\ntask = \"t\"\nallow_empty = true\n[defaults.job]\n"));
  CHECK_FALSE(config::may_be_used(all, false));  // tokens may not trigger
  const auto fine = load(shop("[job.j]\ntype = \"trigger\"\ntargets = [\"shop-prod\"]\ntask = \"t\"\n"));
  CHECK(config::may_be_used(fine, true));
  CHECK(config::report_text(fine, path, true) == path + ": good: 2 files, 7 targets, 1 job, 0 warnings\n");
}

TEST_CASE("errors come first, each on its line, then the count") {
  const auto all = load(shop("x = 1\n" + warned));
  CHECK(config::report_text(all, path, false) ==
        "/etc/triggerd/x.toml:1:1: error: unknown key \"x\" at the top level [config.unknown-key]\n"
        "/etc/triggerd/x.toml:2:1: warning: the variable \"NOT_SET\" is not set [config.secret-missing]\n" +
            path + ": refused: 1 error, 1 warning\n");
}

TEST_CASE("warnings refuse only when they are denied, notes never") {
  const auto all = load(shop(warned));
  CHECK(config::may_be_used(all, false));
  CHECK_FALSE(config::may_be_used(all, true));
  CHECK(config::report_text(all, path, true).ends_with(": refused: 0 errors, 1 warning\n"));
  CHECK(config::may_be_used(load(shop("[credential.c]\nsystemd = \"c\"\n")), true));
}

TEST_CASE("scripts get one JSON document with every complaint and its place") {
  const auto refused = nlohmann::json::parse(config::report_json(load(shop("x = 1\n" + warned)), path, false));
  CHECK(refused["ok"] == false);
  CHECK(refused["file"] == path);
  CHECK(refused["errors"] == 1);
  CHECK(refused["warnings"] == 1);
  CHECK_FALSE(refused.contains("hash"));
  REQUIRE(refused["complaints"].size() == 2);
  CHECK(refused["complaints"][0] == nlohmann::json{{"severity", "error"},
                                                   {"file", "/etc/triggerd/x.toml"},
                                                   {"line", 1},
                                                   {"column", 1},
                                                   {"code", "config.unknown-key"},
                                                   {"message", "unknown key \"x\" at the top level"}});
  const auto fine = load(shop(warned));
  const auto good = nlohmann::json::parse(config::report_json(fine, path, false));
  CHECK(good["ok"] == true);
  CHECK(good["targets"] == 7);
  CHECK(good["jobs"] == 0);
  CHECK(good["hash"] == fine.value->hash);
  CHECK(nlohmann::json::parse(config::report_json(fine, path, true))["ok"] == false);
}
