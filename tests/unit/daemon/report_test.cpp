#include "config/codes.hpp"
#include "exit_codes.hpp"
#include "meters.hpp"
#include "reload_report.hpp"
#include "store/codes.hpp"
#include "trouble.hpp"
#include "unit/daemon/world.hpp"

using namespace triggerd;
using test::noon;

namespace {

config::settings settings_with(std::vector<std::string> jobs) {
  config::settings out;
  out.hash = "hash";
  for (std::string& name : jobs) {
    out.hash += '-' + name;
    spec::job_spec job;
    job.name = name;
    job.text = "text of " + name;
    out.jobs.push_back(std::move(job));
  }
  return out;
}

config::loaded good(config::settings of) {
  config::loaded out;
  out.value = std::move(of);
  return out;
}

config::complaint complaint(config::severity how, std::string message) {
  return {how, {"jobs.toml", 3, 1}, config::codes::value, std::move(message)};
}

std::vector<std::string> whats(const facts& now) {
  std::vector<std::string> out;
  for (const trouble& one : worst_first(now)) out.push_back(one.what);
  return out;
}

}  // namespace

TEST_CASE("equal files change nothing") {
  const auto before = settings_with({"a", "b"});
  const auto report = judge(before, good(before), noon);
  CHECK(report.is == verdict::unchanged);
  CHECK(report.changes.empty());
  CHECK(report.hash == before.hash);
}

TEST_CASE("what changed is listed by name") {
  const auto before = settings_with({"a", "b", "c"});
  auto after = settings_with({"b", "c", "d"});
  after.jobs[1].text = "another";
  after.daemon.log_level = "debug";
  const auto report = judge(before, good(after), noon);
  CHECK(report.is == verdict::applied);
  CHECK(report.changes == std::vector<std::string>{"+ job d", "~ job c", "- job a", "~ log.level"});
  CHECK(report.hash == after.hash);
}

TEST_CASE("files with errors change nothing and say why") {
  const auto before = settings_with({"a"});
  config::loaded files;
  files.complaints = {complaint(config::severity::warning, "w"), complaint(config::severity::error, "e1"),
                      complaint(config::severity::error, "e2")};
  const auto report = judge(before, files, noon);
  CHECK(report.is == verdict::refused);
  CHECK(report.hash == before.hash);
  CHECK(report.complaints.size() == 3);
  CHECK(report.note == "jobs.toml:3:1: error: e1 [config.value] (and 1 more)");
}

TEST_CASE("what only a new process can obey is named, and nothing else is changed with it") {
  const auto before = settings_with({"a"});
  auto after = settings_with({"a", "b"});
  after.daemon.state_dir = "/elsewhere";
  const auto report = judge(before, good(after), noon);
  CHECK(report.is == verdict::restart_required);
  CHECK(report.fields == std::vector<std::string>{"daemon.state_dir"});
  CHECK(report.changes.empty());
  CHECK(report.hash == before.hash);
}

TEST_CASE("a key with a new value is a change of its own") {
  const auto before = settings_with({"a"});
  auto report = judge(before, good(before), noon);
  add_renewed_keys(report, {});
  CHECK(report.is == verdict::unchanged);
  add_renewed_keys(report, {"shop"});
  CHECK(report.is == verdict::applied);
  CHECK(report.changes == std::vector<std::string>{"~ credential shop: new value"});
}

TEST_CASE("the worst trouble stands first, and each says what comes next") {
  facts now;
  spec::credential_spec spec;
  now.keys["shop"].spec = spec;
  now.keys["shop"].trouble = fail(config::codes::secret_missing, "the variable is not set");
  store::fire_row fire;
  fire.id = "01ab";
  fire.job = "orders";
  now.unknown.push_back(fire);
  target::health_view parked{target::target_state::parked, noon, "401", "mend the credential and reload"};
  target::health_view unproved{target::target_state::unproved, noon, "cannot be reached", "tried again"};
  target::health_view fresh{target::target_state::unproved, noon, "", "proved before the next write"};
  now.targets = {{"a", unproved}, {"b", fresh}, {"c", parked}, {"off", parked, false}};
  reload_report refused;
  refused.is = verdict::refused;
  refused.note = "bad.toml:1:1: error";
  now.reload = refused;
  now.clock_held = "the clock went back";
  now.ledger.writable = false;
  now.ledger.trouble = "no space left";
  CHECK(whats(now) == std::vector<std::string>{"the ledger cannot be written: no space left", "the clock went back",
                                               "the last reload was refused: bad.toml:1:1: error",
                                               "target c is parked: 401", "target a is unproved: cannot be reached",
                                               "fire 01ab of job orders left something unknown",
                                               "credential shop has no value: the variable is not set"});
  for (const trouble& one : worst_first(now)) CHECK_FALSE(one.next.empty());
}

TEST_CASE("nothing is wrong when nothing is") {
  facts now;
  now.reload = reload_report{};
  now.targets = {{"a", {target::target_state::ok, noon, "", ""}}};
  CHECK(worst_first(now).empty());
}

TEST_CASE("many unknown fires are summed up") {
  facts now;
  now.unknown.resize(25);
  const auto all = worst_first(now);
  CHECK(all.size() == 21);
  CHECK(all.back().what == "5 more fires left something unknown");
}

TEST_CASE("metrics carry the names that dashboards use") {
  meters counts("1.2.3");
  counts.exchanged("shop", "tasks.trigger", "ok", std::chrono::milliseconds(30));
  counts.exchanged("shop", "tasks.trigger", "throttled", std::chrono::milliseconds(30));
  counts.happened({.kind = "fire-ended", .job = "orders", .state = "done"});
  counts.happened({.kind = "action-settled", .job = "orders", .target = "shop", .state = "failed"});
  standing now;
  now.state = "running";
  now.targets = {{"shop", "ok"}, {"crm", "parked"}};
  now.budgets = {{"shop", 140}};
  now.retries = {{"shop", 3}};
  now.ledger.commits = 9;
  const std::string text = counts.render(now);
  for (const char* line :
       {"triggerd_build_info{version=\"1.2.3\"} 1\n",
        "triggerd_requests_total{endpoint=\"tasks.trigger\",outcome=\"ok\",target=\"shop\"} 1\n",
        "triggerd_requests_total{endpoint=\"tasks.trigger\",outcome=\"throttled\",target=\"shop\"} 1\n",
        "triggerd_request_duration_seconds_count{endpoint=\"tasks.trigger\"} 2\n",
        "triggerd_fires_total{job=\"orders\",state=\"done\"} 1\n",
        "triggerd_actions_total{job=\"orders\",state=\"failed\"} 1\n", "triggerd_state{state=\"running\"} 1\n",
        "triggerd_state{state=\"disk\"} 0\n", "triggerd_targets{state=\"parked\"} 1\n",
        "triggerd_target_ok{target=\"crm\"} 0\n", "triggerd_budget_remaining{target=\"shop\"} 140\n",
        "triggerd_retries_total{target=\"shop\"} 3\n", "triggerd_ledger_commits_total 9\n"}) {
    CAPTURE(line);
    CHECK(text.find(line) != std::string::npos);
  }
}

TEST_CASE("metrics of what a reload removed are gone") {
  meters counts("1");
  counts.exchanged("shop", "tasks.trigger", "ok", std::chrono::milliseconds(30));
  counts.happened({.kind = "fire-ended", .job = "orders", .state = "done"});
  counts.forget({"shop"}, {"orders"});
  standing now;
  const std::string text = counts.render(now);
  CHECK(text.find("shop") == std::string::npos);
  CHECK(text.find("orders") == std::string::npos);
}

TEST_CASE("a copied ledger is told until the next start, after a disk that refuses") {
  facts now;
  now.copied = "the ledger is a copy";
  CHECK(whats(now) == std::vector<std::string>{"the ledger is a copy"});
  CHECK(worst_first(now).front().next.find("triggerctl resume") != std::string::npos);
  now.ledger.writable = false;
  now.ledger.trouble = "no space left";
  CHECK(whats(now).back() == "the ledger is a copy");
}

TEST_CASE("a start that only writing something else can mend ends with 78") {
  CHECK(exit_code::of_start(fail(config::codes::syntax, "")) == 78);
  CHECK(exit_code::of_start(fail(store::codes::newer_schema, "")) == 78);
  CHECK(exit_code::of_start(fail(store::codes::damaged, "")) == 78);
  CHECK(exit_code::of_start(fail(store::codes::missing, "")) == 78);
  CHECK(exit_code::of_start(fail(store::codes::network_file_system, "")) == 78);
  CHECK(exit_code::of_start(fail(store::codes::disk, "")) == 1);
  CHECK(exit_code::of_start(fail(store::codes::locked, "")) == 1);
  CHECK(exit_code::of_start(fail(codes::io, "")) == 1);
}
