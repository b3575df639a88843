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

std::shared_ptr<const spec::job_spec> job_with(std::string name, std::string text) {
  spec::job_spec job;
  job.name = std::move(name);
  job.text = std::move(text);
  return std::make_shared<const spec::job_spec>(std::move(job));
}

config::settings settings_with(std::vector<std::string> jobs) {
  config::settings out;
  out.hash = "hash";
  for (std::string& name : jobs) {
    out.hash += '-' + name;
    out.jobs.push_back(job_with(name, "text of " + name));
  }
  return out;
}

config::loaded good(config::settings of) {
  config::loaded out;
  out.value = std::move(of);
  return out;
}

config::complaint complaint(config::severity how, std::string message) {
  return {how, {std::string("jobs.toml"), 3, 1}, config::codes::value, std::move(message)};
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
  after.jobs[1] = job_with("c", "another");
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
  const std::string shop = "shop", orders = "orders";
  counts.exchanged({shop, orders, "tasks.trigger", "ok", std::chrono::milliseconds(30)}, "trigger");
  counts.exchanged({shop, orders, "tasks.trigger", "throttled", std::chrono::milliseconds(30)}, "trigger");
  counts.happened({.at = noon, .kind = "fire-ended", .job = "orders", .state = "done"});
  counts.began(std::chrono::milliseconds(700));
  counts.committed(std::chrono::microseconds(700));
  counts.happened({.kind = "action-settled", .job = "orders", .target = "shop", .state = "failed"});
  standing now;
  now.state = "running";
  now.targets["shop"] = {"ok", noon, 2, 5, 3, {{150, 140}}};
  now.targets["crm"] = {"parked", noon, 0, 0, 0, {}};
  now.jobs["orders"] = {"trigger", true};
  now.unknown = 4;
  now.reload = "refused";
  now.config_hash = "abc";
  const std::string text = counts.render(now);
  for (const char* line :
       {"triggerd_build_info{version=\"1.2.3\"} 1\n",
        "triggerd_requests_total{endpoint=\"tasks.trigger\",kind=\"trigger\",outcome=\"ok\",target=\"shop\"} 1\n",
        "triggerd_requests_total{endpoint=\"tasks.trigger\",kind=\"trigger\",outcome=\"throttled\",target=\"shop\"} "
        "1\n",
        "triggerd_request_duration_seconds_count{endpoint=\"tasks.trigger\",kind=\"trigger\"} 2\n",
        "triggerd_target_request_duration_seconds_count{target=\"shop\"} 2\n",
        "triggerd_fires_total{job_name=\"orders\",state=\"done\"} 1\n",
        "triggerd_fires_total{job_name=\"orders\",state=\"failed\"} 0\n",
        "triggerd_actions_total{job_name=\"orders\",state=\"failed\"} 1\n",
        "triggerd_fire_lateness_seconds_bucket{le=\"1\"} 1\n",
        "triggerd_ledger_commit_duration_seconds_bucket{le=\"0.001\"} 1\n",
        "triggerd_job_ok{job_name=\"orders\"} 1\n",
        "triggerd_state{state=\"running\"} 1\n",
        "triggerd_state{state=\"disk\"} 0\n",
        "triggerd_target_state{state=\"parked\",target=\"crm\"} 1\n",
        "triggerd_target_state{state=\"ok\",target=\"crm\"} 0\n",
        "triggerd_budget_remaining{target=\"shop\"} 140\n",
        "triggerd_budget_limit{target=\"shop\"} 150\n",
        "triggerd_requests_in_flight{target=\"shop\"} 2\n",
        "triggerd_requests_waiting{target=\"shop\"} 5\n",
        "triggerd_retries_total{target=\"shop\"} 3\n",
        "triggerd_job_info{job_name=\"orders\",kind=\"trigger\"} 1\n",
        "triggerd_job_paused{job_name=\"orders\"} 1\n",
        "triggerd_fires_unknown 4\n",
        "triggerd_reload_result{result=\"refused\"} 1\n",
        "triggerd_reload_result{result=\"applied\"} 0\n",
        "triggerd_config_info{hash=\"abc\"} 1\n"}) {
    CAPTURE(line);
    CHECK(text.find(line) != std::string::npos);
  }
}

TEST_CASE("metrics of what a reload removed are gone, also when it ends later") {
  meters counts("1");
  const std::string shop = "shop", orders = "orders";
  standing now;
  now.targets["shop"] = {};
  now.jobs["orders"] = {};
  counts.exchanged({shop, orders, "tasks.trigger", "ok", std::chrono::milliseconds(30)}, "trigger");
  counts.happened({.kind = "fire-ended", .job = "orders", .state = "done"});
  CHECK(counts.render(now).find("shop") != std::string::npos);
  counts.happened({.kind = "fire-ended", .job = "orders", .state = "failed"});
  const std::string text = counts.render(standing());
  CHECK(text.find("shop") == std::string::npos);
  CHECK(text.find("orders") == std::string::npos);
}

TEST_CASE("the last end and the last success of a job are told apart, in whatever order they are heard of") {
  meters counts("1");
  standing now;
  now.jobs["orders"] = {"trigger", false};
  const auto seen = [&](const char* line) { return counts.render(now).find(line) != std::string::npos; };
  CHECK_FALSE(seen("triggerd_job_ok{"));
  counts.ended("orders", store::fire_state::failed, instant(std::chrono::seconds(300)));
  CHECK(seen("triggerd_job_ok{job_name=\"orders\"} 0\n"));
  CHECK_FALSE(seen("triggerd_job_last_success_timestamp_seconds{"));
  counts.ended("orders", store::fire_state::done, instant(std::chrono::seconds(200)));
  counts.ended("orders", store::fire_state::cancelled, instant(std::chrono::seconds(400)));
  CHECK(seen("triggerd_job_ok{job_name=\"orders\"} 0\n"));
  CHECK(seen("triggerd_job_last_success_timestamp_seconds{job_name=\"orders\"} 200\n"));
  CHECK(seen("triggerd_job_last_end_timestamp_seconds{job_name=\"orders\"} 300\n"));
  counts.ended("orders", store::fire_state::done, instant(std::chrono::seconds(500)));
  CHECK(seen("triggerd_job_ok{job_name=\"orders\"} 1\n"));
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
