// What a reload would change.
#include "unit/config/paper_machine.hpp"

#include "config/diff.hpp"

using namespace triggerd;
using namespace triggerd::test;

namespace {

std::string trigger(const std::string& name, const std::string& more = {}) {
  return "[job." + name + "]\ntype = \"trigger\"\ntargets = [\"shop-prod\"]\ntask = \"t\"\n" + more;
}

config::difference between(const std::string& before, const std::string& after) {
  return config::compare(good(before), good(after));
}

}  // namespace

TEST_CASE("equal files differ in nothing") {
  const auto d = between(trigger("a"), "# a comment\n" + trigger("a"));
  CHECK_FALSE(d.any());
  CHECK(d.describe() == "nothing changed");
}

TEST_CASE("names are added, changed and removed in every table") {
  const auto before = trigger("a") + trigger("b") +
                      "[limit.l]\nburst = 5\n[credential.c]\nenv = \"PROD\"\n[target.t]\nproject = "
                      "\"proj_x\"\nenvironment = \"prod\"\ncredential = \"prod\"\n";
  const auto after = trigger("b", "parallel = 2\n") + trigger("d") +
                     "[limit.l]\nburst = 6\n[credential.e]\nenv = \"PROD\"\n[target.t]\nproject = "
                     "\"proj_y\"\nenvironment = \"prod\"\ncredential = \"prod\"\n";
  const auto d = between(before, after);
  CHECK(d.jobs.added == std::vector<std::string>{"d"});
  CHECK(d.jobs.changed == std::vector<std::string>{"b"});
  CHECK(d.jobs.removed == std::vector<std::string>{"a"});
  CHECK(d.describe() == "credentials: +e -c; limits: ~l; targets: ~t; jobs: +d ~b -a");
}

TEST_CASE("targets that are equal become the same ones, and others stay what they are") {
  const auto before = good("");
  auto after = good("[target.a]\nproject = \"proj_a\"\nenvironment = \"prod\"\ncredential = \"prod\"\n");
  auto changed = std::make_shared<spec::target_spec>(*after.targets.back());
  changed->labels["tier"] = "2";
  after.targets.back() = changed;
  config::share_equal(before, after);
  CHECK(after.targets.back() == changed);
  CHECK(named(after.targets, "a").project == "proj_a");
  const auto was = [&](const std::string& name) { return &named(before.targets, name); };
  for (const auto& one : after.targets)
    if (one->name != "a" && one != changed) CHECK_MESSAGE(one.get() == was(one->name), one->name);
}

TEST_CASE("jobs that are equal become the same ones, unless they stand elsewhere") {
  const auto before = good(trigger("a") + trigger("b"));
  auto after = good(trigger("a") + "# moved\n" + trigger("b"));
  REQUIRE(after.jobs.size() == 2);
  config::share_equal(before, after);
  CHECK(after.jobs.front() == before.jobs.front());
  CHECK(after.jobs.back() != before.jobs.back());
  CHECK_FALSE(config::compare(before, after).any());
}

TEST_CASE("a default changes every job and target that it reaches") {
  const auto d = between(trigger("a") + trigger("b", "parallel = 2\n"),
                         "[defaults.job]\nparallel = 9\n" + trigger("a") + trigger("b", "parallel = 2\n"));
  CHECK(d.describe() == "jobs: ~a");
  CHECK(between("", "[defaults.target]\nrequest_timeout = \"9s\"\n").targets.changed.size() == 7);
}

TEST_CASE("the process's zone changes the schedules that have it from there") {
  const auto jobs = trigger("a", "schedule = { cron = \"@daily\" }\n") +
                    trigger("b", "schedule = { cron = \"@daily\", timezone = \"UTC\" }\n") + trigger("c");
  CHECK(between(jobs, "[daemon]\ntimezone = \"Europe/Vienna\"\n" + jobs).describe() ==
        "jobs: ~a; process: daemon.timezone");
}

TEST_CASE("what is open or bound needs a new process, the rest is obeyed at once") {
  const auto d = between("", R"(
[daemon]
state_dir = "/s"
runtime_dir = "/r"
watchdog = false
drain_timeout = "1s"
clock_jump_tolerance = "1s"
[socket]
path = "p"
[[socket.allow]]
group = "g"
role = "read"
[log]
format = "json"
level = "debug"
redact = ["X"]
[http]
listen = "127.0.0.1:1"
[history]
keep = "1d"
keep_per_job = 1
results = "1B"
)");
  CHECK(d.restart_required == std::vector<std::string>{"daemon.state_dir", "daemon.runtime_dir", "daemon.watchdog",
                                                       "socket.path", "log.format", "http.listen"});
  CHECK(d.process == std::vector<std::string>{"daemon.drain_timeout", "daemon.clock_jump_tolerance", "socket.allow",
                                              "log.level", "log.redact", "history.keep", "history.keep_per_job",
                                              "history.results"});
  CHECK(d.any());
}
