#include "job/scope.hpp"

#include <doctest/doctest.h>

using namespace triggerd;

namespace {

struct scope_bench {
  spec::job_spec job;
  spec::target_spec target;
  store::fire_row fire;
  scope_bench() {
    job.name = "nightly";
    job.schedule.timezone = "Europe/Vienna";
    target.name = "shop-demo";
    target.project = "proj_shop";
    target.env = spec::environment::preview;
    target.branch = "feat/Login_Page";
    target.labels = {{"app", "shop"}};
    target.vars = {{"level", "debug"}};
    fire.id = "01abc";
    fire.due = instant(milliseconds(1'795'391'400'000));  // 2026-11-22T23:50:00Z
    fire.vars = R"({"vars":{"n":5,"deep":{"x":[1]}},"adopt":[]})";
  }
  nlohmann::json get(std::string_view name) const {
    const job::leg_view leg{job, target, fire, 2, "env_1", {}, 0};
    job::scope names(leg);
    const nlohmann::json item{{"id", "a"}, {"nested", {{"k", true}}}};
    names.set_item(item, 7);
    const auto* found = names.names()(name);
    return found ? *found : nlohmann::json("absent");
  }
};

}  // namespace

TEST_CASE("a leg's names have the values of its target, job, fire, variables and item") {
  const scope_bench b;
  CHECK(b.get("target.name") == "shop-demo");
  CHECK(b.get("target.environment") == "preview");
  CHECK(b.get("target.branch_slug") == "feat-login-page");
  CHECK(b.get("target.labels.app") == "shop");
  CHECK(b.get("target.vars.level") == "debug");
  CHECK(b.get("job.name") == "nightly");
  CHECK(b.get("fire.id") == "01abc");
  CHECK(b.get("fire.attempt") == 2);
  CHECK(b.get("vars.n") == 5);
  CHECK(b.get("item.nested.k") == true);
  CHECK(b.get("line") == 7);
}

TEST_CASE("a fire's date is the one of the job's time zone") {
  const scope_bench b;
  CHECK(b.get("fire.at") == "2026-11-22T23:50:00.000Z");
  CHECK(b.get("fire.date") == "2026-11-23");
}

TEST_CASE("names without a value are absent") {
  const scope_bench b;
  CHECK(b.get("target.labels.tier") == "absent");
  CHECK(b.get("vars.n.x") == "absent");
  CHECK(b.get("vars") != "absent");
  CHECK(b.get("item.other") == "absent");
}

TEST_CASE("branch slugs are fit for host names") {
  CHECK(job::branch_slug("feat/login") == "feat-login");
  CHECK(job::branch_slug("--A  b--") == "a-b");
  CHECK(job::branch_slug("\xc3\xa4") == "");
  CHECK(job::branch_slug(std::string(100, 'x')).size() == 63);
}
