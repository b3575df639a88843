#include "sandbox/fault_file.hpp"
#include "sandbox/world_file.hpp"
#include "support/shown_result.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace triggerd::rehearsal {

namespace {

std::string example(const char* name) {
  std::ifstream file(std::string(TRIGGERD_SOURCE_DIR "/config/sandbox/") + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::string project = R"(
[[project]]
ref = "proj_x"
name = "X"
)";
const std::string prod = R"(
[[project.environment]]
type = "prod"
key = "tr_prod_invented0000000000000001"
)";

std::string complaint(const std::string& text) {
  const auto made = parse_world(text, "w");
  return made ? "" : made.error().message;
}

}  // namespace

TEST_CASE("the built-in world is the example's") {
  CHECK(default_world() == example("world.toml"));
  const auto made = parse_world(default_world(), "built-in");
  REQUIRE(made);
  REQUIRE(made->projects.size() == 2);
  const auto& shop = made->projects[0];
  CHECK(shop.ref == "proj_shopaaaaaaaaaaaaaaaa");
  REQUIRE(shop.environments.size() == 3);
  CHECK(shop.environments[0].export_as == "SHOP_PROD_KEY");
  CHECK(shop.environments[0].past.at(0).count == 200);
  CHECK(shop.environments[2].branches.at(1).name == "feat/checkout");
  CHECK(made->tokens.at(0).value.size() == 47);
  CHECK(made->base_url.empty());
  for (const auto& task : shop.environments[0].tasks)
    if (task.name == "charge-card") CHECK(task.replayed->fails == 0);
}

TEST_CASE("a world is read whole") {
  const auto made = parse_world(R"(
base_url = "http://127.0.0.1:1"
regions = ["eu", "us"]
[limits]
api = { size = 1, refill = 2, every = "3s" }
tokens_per_minute = 4
[pace]
list_lag = "5ms"
bulk_group = 6
[task.a]
queued = "1ms..2ms"
runs = "3ms..4ms"
ends = { fails = 0.5, crashes = 0.1, times_out = 0.2, system_failure = 0.1 }
queues = ["q"]
obeys_payload = true
[task.b]
scheduled = true
cron = "0 3 * * 1"
zone = "Europe/Rome"
)" + project + R"(
[[project.environment]]
type = "preview"
key = "tr_preview_invented0000000000001"
tasks = ["b"]
version = "v1"
queue_limit = 7
paused = true
variables = { P = "1" }
secrets = { S = "2" }
prompts = { greet = "Hello {{{{name}}, {{{{name}}" }
[[project.environment.queue]]
name = "task/b"
limit = 3
[[project.environment.concurrency_limit]]
name = "partner"
per_key = 4
[[project.environment.additional_key]]
key = "tr_preview_sk_invented000000000001"
scopes = ["read:runs"]
[[project.environment.branch]]
name = "feat/x"
archived = true
secrets = { T = "3" }
[[project.environment.branch.past]]
task = "b"
count = 8
oldest = "1h"
newest = "1m"
status = "CRASHED"
tags = ["t"]
[[token]]
value = "tr_pat_invented0000000000000000000000000000000001"
projects = ["proj_x"]
export_as = "PAT"
)",
                                "w");
  REQUIRE(made);
  CHECK(made->regions == std::vector<std::string>{"eu", "us"});
  CHECK(made->limits.api.size == 1);
  CHECK(made->limits.api.refill == 2);
  CHECK(made->limits.api.every == seconds(3));
  CHECK(made->limits.batch.size == 1'200);
  CHECK(made->limits.tokens_per_minute == 4);
  CHECK(made->pace.list_lag == milliseconds(5));
  CHECK(made->pace.bulk_group == 6);
  const auto& home = made->projects.at(0).environments.at(0);
  CHECK(home.type == sandbox::environment_type::preview);
  REQUIRE(home.tasks.size() == 1);
  CHECK(home.tasks[0].name == "b");
  CHECK(home.version == "v1");
  CHECK(home.queue_limit == 7);
  CHECK(home.tasks[0].scheduled);
  CHECK(home.tasks[0].cron == "0 3 * * 1");
  CHECK(home.tasks[0].zone == "Europe/Rome");
  CHECK(home.prompts.at(0).slug == "greet");
  CHECK(home.prompts.at(0).text == "Hello {{name}}, {{name}}");
  CHECK(home.queue_bounds.at(0).name == "task/b");
  CHECK(home.queue_bounds.at(0).limit == 3);
  CHECK(home.limits.at(0).per_key == 4);
  CHECK_FALSE(home.limits.at(0).total);
  CHECK(home.paused);
  REQUIRE(home.variables.size() == 2);
  CHECK_FALSE(home.variables[0].secret);
  CHECK(home.variables[1].secret);
  CHECK(home.additional_keys.at(0).scopes == std::vector<std::string>{"read:runs"});
  const auto& branch = home.branches.at(0);
  CHECK(branch.archived);
  CHECK(branch.variables.at(0).value == "3");
  CHECK(branch.past.at(0).status == "CRASHED");
  CHECK(branch.past.at(0).newest == std::chrono::minutes(1));
  CHECK(made->tokens.at(0).projects.size() == 1);
}

TEST_CASE("without a list an environment knows every task") {
  const auto made = parse_world("[task.a]\nruns = \"3ms..4ms\"\n[task.b]\n" + project + prod, "w");
  REQUIRE(made);
  const auto& tasks = made->projects[0].environments[0].tasks;
  REQUIRE(tasks.size() == 2);
  CHECK(tasks[0].runs_min == milliseconds(3));
  CHECK(tasks[0].runs_max == milliseconds(4));
}

TEST_CASE("a declared cron and its zone must be what the server takes") {
  CHECK(complaint("[task.a]\ncron = \"0 0 3 * * *\"\n" + project + prod).find("with seconds") != std::string::npos);
  CHECK(complaint("[task.a]\nzone = \"Asia/Kolkata\"\n" + project + prod).find("no such zone") != std::string::npos);
}

TEST_CASE("everything wrong is told together, with its place") {
  const std::string said = complaint("regoins = []\n" + project + "[[project.environment]]\ntype = \"production\"\n");
  CHECK(said.find("w:1:1: error: unknown key \"regoins\"") != std::string::npos);
  CHECK(said.find("did you mean \"regions\"?") != std::string::npos);
  CHECK(said.find("\"key\"") != std::string::npos);
  CHECK(std::count(said.begin(), said.end(), '\n') == 2);
  CHECK(complaint("a = ").starts_with("w:1:"));
}

TEST_CASE("what tables get wrong together") {
  const auto has = [](const std::string& text, const char* words) {
    return complaint(text).find(words) != std::string::npos;
  };
  CHECK(has(project + prod + prod, "this type of environment stands in the file twice"));
  CHECK(has(project + prod + prod, "this key stands in the file twice"));
  CHECK(
      has(project + prod + project + "[[project.environment]]\ntype = \"dev\"\nkey = \"tr_dev_invented000000000001\"\n",
          "this project stands in the file twice"));
  CHECK(has(project + prod + "tasks = [\"nobody\"]\n", "no [task.nobody] stands in the file"));
  CHECK(has(project + prod + "[[project.environment.branch]]\nname = \"b\"\n",
            "only preview and dev environments have branches"));
  CHECK(has(project + "[[project.environment]]\ntype = \"staging\"\nkey = \"tr_prod_invented0000000000000001\"\n",
            "starts with \"tr_stg_\""));
  CHECK(has(project + "[[project.environment]]\ntype = \"prod\"\nkey = \"short\"\n", "a key looks like"));
}

TEST_CASE("the example's faults are read") {
  const auto rules = parse_faults(example("faults.toml"), "f");
  REQUIRE(rules);
  CHECK(rules->size() == 7);
  CHECK(rules->at(0).status == 429);
  CHECK(rules->at(0).probability == 0.02);
  CHECK(rules->at(2).effect);
  CHECK(rules->at(6).late == milliseconds(800));
}

TEST_CASE("a rule is read whole, and an empty file is no trouble") {
  const auto rules = parse_faults(R"([[fault]]
name = "n"
method = "POST"
path = "/api/*"
environment = "proj_x/prod"
probability = 0.5
skip = 1
most = 2
from = "3s"
until = "4s"
what = "slow"
bytes_per_second = 5
)",
                                  "f");
  REQUIRE(rules);
  const auto& rule = rules->at(0);
  CHECK(rule.what == sandbox::fault_kind::slow);
  CHECK(rule.skip == 1);
  CHECK(rule.most == 2);
  CHECK(rule.from == seconds(3));
  CHECK(rule.until == seconds(4));
  CHECK(rule.bytes_per_second == 5);
  CHECK(parse_faults("", "f")->empty());
  CHECK_FALSE(parse_faults("[[fault]]\nwhat = \"boom\"\n", "f"));
  CHECK_FALSE(parse_faults("[[fault]]\nwhat = \"status\"\nstatus = 200\n", "f"));
}

}  // namespace triggerd::rehearsal
