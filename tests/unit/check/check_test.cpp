// `triggerd check` as a person or a script meets it: what it prints, how it ends, and when it asks the servers.
#include "unit/config/paper_machine.hpp"

#include "check.hpp"

#include <nlohmann/json.hpp>

using namespace triggerd;
using namespace triggerd::test;

namespace {

const std::string path = "/etc/triggerd/triggerd.toml";

struct ending {
  int code;
  std::string text;
};

ending check(const std::string& fragment, const check_options& options = {}) {
  std::ostringstream out;
  const int code = run_check(path, options, shop(fragment), out);
  return {code, out.str()};
}

check_options asking(std::vector<config::complaint> answers, int& asked) {
  check_options options;
  options.connect = [answers = std::move(answers), &asked](const config::settings&) {
    ++asked;
    return answers;
  };
  return options;
}

config::complaint answer(config::severity how, const std::string& words) {
  return {how, {std::string("/etc/triggerd/triggerd.toml"), 16, 1}, config::codes::wrong_environment, words};
}

}  // namespace

TEST_CASE("good files end with 0 and one line") {
  const auto [code, text] = check("");
  CHECK(code == 0);
  CHECK(text == path + ": good: 2 files, 7 targets, 0 jobs, 0 warnings\n");
}

TEST_CASE("refused files end with 78 and every complaint") {
  const auto [code, text] = check("a = 1\nb = 2\n");
  CHECK(code == 78);
  CHECK(text ==
        "/etc/triggerd/x.toml:1:1: error: unknown key \"a\" at the top level [config.unknown-key]\n"
        "/etc/triggerd/x.toml:2:1: error: unknown key \"b\" at the top level [config.unknown-key]\n" +
            path + ": refused: 2 errors, 0 warnings\n");
}

TEST_CASE("warnings end with 78 when they are denied") {
  const std::string warned = "[credential.c]\nenv = \"NOT_SET\"\n";
  CHECK(check(warned).code == 0);
  check_options strict;
  strict.deny_warnings = true;
  CHECK(check(warned, strict).code == 78);
}

TEST_CASE("scripts get JSON and the same ending") {
  check_options options;
  options.json = true;
  const auto fine = check("", options);
  CHECK(fine.code == 0);
  CHECK(nlohmann::json::parse(fine.text)["ok"] == true);
  const auto refused = check("a = 1\n", options);
  CHECK(refused.code == 78);
  CHECK(nlohmann::json::parse(refused.text)["complaints"].size() == 1);
}

TEST_CASE("what the servers answer stands beside the rest, and an error of theirs refuses") {
  int asked = 0;
  const auto fine = check("", asking({answer(config::severity::note, "target \"shop-prod\" is proved")}, asked));
  CHECK(asked == 1);
  CHECK(fine.code == 0);
  CHECK(fine.text.starts_with("/etc/triggerd/triggerd.toml:16:1: note: target \"shop-prod\" is proved"));
  const auto refused = check("", asking({answer(config::severity::error, "the key opens another environment")}, asked));
  CHECK(refused.code == 78);
  CHECK(refused.text.ends_with(path + ": refused: 1 error, 0 warnings\n"));
}

TEST_CASE("servers are not asked about files that are refused") {
  int asked = 0;
  CHECK(check("a = 1\n", asking({}, asked)).code == 78);
  CHECK(asked == 0);
}
