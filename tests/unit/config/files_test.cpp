// The main file, what it includes, and how tables of several files and of defaults become one.
#include "unit/config/paper_machine.hpp"

#include "config/files.hpp"

#include "base/limits.hpp"

#include <unistd.h>

#include <filesystem>

using namespace triggerd;
using namespace triggerd::test;
using namespace std::chrono_literals;

namespace {

const std::string main_path = "/etc/triggerd/triggerd.toml";
const std::string one_target = R"(
[credential.k]
env = "PROD"
[target.t]
project = "proj_x"
environment = "prod"
credential = "k"
)";

std::string trigger_on_both(const std::string& name, const std::string& more = {}) {
  return "[job." + name + "]\ntype = \"trigger\"\ntargets = [\"t\", \"shop-prod\"]\ntask = \"t\"\n" + more;
}

paper_machine machine_of(std::map<std::string, std::string> files) {
  auto machine = with_keys();
  machine.files = std::move(files);
  return machine;
}

}  // namespace

TEST_CASE("included files are read in lexical order, hidden ones are not, and none twice") {
  const auto machine =
      machine_of({{main_path, "version = 1\ninclude = [\"jobs.d/*.toml\", \"jobs.d/b.toml\"]\n" + one_target},
                  {"/etc/triggerd/jobs.d/c.toml", trigger_on_both("c")},
                  {"/etc/triggerd/jobs.d/b.toml", trigger_on_both("b")},
                  {"/etc/triggerd/jobs.d/.#b.toml", "broken ["},
                  {"/etc/triggerd/jobs.d/b.toml~", "broken ["}});
  const auto all = good(load(machine));
  CHECK(all.files == std::vector<std::string>{main_path, "/etc/triggerd/jobs.d/b.toml", "/etc/triggerd/jobs.d/c.toml"});
  REQUIRE(all.jobs.size() == 2);
  CHECK(all.jobs[0]->name == "b");
}

TEST_CASE("patterns reach into folders, and what matches nothing is no error") {
  const auto machine =
      machine_of({{"/a/x1/f.toml", ""}, {"/a/x2/f.toml", ""}, {"/a/y1/f.toml", ""}, {"/a/x2/g.txt", ""}});
  CHECK(config::expand("/a/x?/*.toml", machine) == std::vector<std::string>{"/a/x1/f.toml", "/a/x2/f.toml"});
  CHECK(config::expand("/nowhere/*.toml", machine).empty());
  CHECK(config::expand("/a/x1/f.toml", machine) == std::vector<std::string>{"/a/x1/f.toml"});
}

TEST_CASE("a main file that is not there is told with its path") {
  CHECK(told(load(machine_of({}))) ==
        "triggerd.toml: error: \"/etc/triggerd/triggerd.toml\" cannot be read: No such file or directory "
        "[config.file]\n");
}

TEST_CASE("what stands beside a main file that is named without a folder stays beside it") {
  const auto machine =
      machine_of({{"triggerd.toml", "version = 1\n" + one_target +
                                        "[job.j]\ntype = \"trigger\"\ntargets = [\"t\"]\ntask = \"x\"\n"
                                        "payload_from = { file = \"./day.json\" }\n"}});
  const auto all = good(config::load("triggerd.toml", machine));
  CHECK(std::get<spec::trigger_spec>(named(all.jobs, "j").what).payload_file == "day.json");
}

TEST_CASE("a file that an include names must be there") {
  const auto machine = machine_of({{main_path, "version = 1\ninclude = [\"gone.toml\"]\n"}});
  CHECK(told(load(machine)) ==
        "triggerd.toml:2:12: error: \"/etc/triggerd/gone.toml\" cannot be read: No such file or directory "
        "[config.file]\n");
}

TEST_CASE("the main file says which version it uses") {
  CHECK(told(load(machine_of({{main_path, ""}}))) ==
        "triggerd.toml:1:1: error: the file does not say which version of the format it uses; add version = 1 "
        "[config.version]\n");
}

TEST_CASE("two jobs of one name in two files are told at the second with the place of the first") {
  const auto machine = machine_of({{main_path, "version = 1\ninclude = [\"*.toml\"]\n" + one_target},
                                   {"/etc/triggerd/a.toml", trigger_on_both("same")},
                                   {"/etc/triggerd/b.toml", trigger_on_both("other") + trigger_on_both("same")}});
  CHECK(
      told(load(machine)) ==
      "b.toml:5:1: error: [job.same] stands in /etc/triggerd/a.toml:1:1 too; rename one of them [config.duplicate]\n");
}

TEST_CASE("one broken file does not hide what is wrong in the others") {
  const auto machine = machine_of({{main_path, "version = 1\ninclude = [\"*.toml\"]\n" + one_target},
                                   {"/etc/triggerd/a.toml", "[job.a\n"},
                                   {"/etc/triggerd/b.toml", trigger_on_both("b", "timout = \"1s\"\n")}});
  const auto text = told(load(machine));
  CHECK(text.find("a.toml:1:7: error: ") == 0);
  CHECK(text.find("b.toml:5:1: error: unknown key \"timout\"") != std::string::npos);
}

TEST_CASE("nothing is given while an error stands, and warnings and notes do not stand in the way") {
  CHECK_FALSE(load(shop("nonsense = 1\n")).value.has_value());
  const auto all = load(shop("[credential.c]\nenv = \"NOT_SET\"\n"));
  CHECK(all.value.has_value());
  CHECK(all.complaints.size() == 1);
}

TEST_CASE("tables of defaults and files merge key by key, arrays replace") {
  const auto machine = machine_of(
      {{main_path, R"(version = 1
include = ["*.d/*.toml"]
[defaults.target]
labels = { a = "1", b = "1" }
retry = { attempts = 9, jitter = "none" }
request_timeout = "9s"
[defaults.job]
parallel = 9
labels = { a = "1", b = "1" }
retry = { attempts = 9, backoff = "9s..10s" }
targets = ["x*"]
[log]
level = "debug"
redact = ["A"]
)" + one_target + "labels = { b = \"2\" }\nretry = { attempts = 2 }\n"},
       {"/etc/triggerd/1.d/a.toml", "[defaults.job]\nparallel = 8\n[log]\nredact = [\"B\"]\n"},
       {"/etc/triggerd/2.d/b.toml", trigger_on_both("j", "labels = { b = \"2\" }\nretry = { attempts = 2 }\n")}});
  const auto all = good(load(machine));
  const auto& t = named(all.targets, "t");
  CHECK(t.labels == std::map<std::string, std::string>{{"a", "1"}, {"b", "2"}});
  CHECK(t.retry.attempts == 2);
  CHECK_FALSE(t.retry.jitter);
  CHECK(t.request_timeout == 9s);
  const auto& j = named(all.jobs, "j");
  CHECK(j.parallel == 8);
  CHECK(j.labels == std::map<std::string, std::string>{{"a", "1"}, {"b", "2"}});
  CHECK(j.retry == spec::retry_spec{2, 9s, 10s, true});
  CHECK(j.targets == std::vector<std::string>{"t", "shop-prod"});
  CHECK(all.daemon.log_level == "debug");
  CHECK(all.daemon.redact == std::vector<std::string>{"B"});
}

TEST_CASE("a default may give what a job must have") {
  const auto all = good("[defaults.job]\ntargets = [\"shop-prod\"]\n[job.j]\ntype = \"trigger\"\ntask = \"t\"\n");
  CHECK(named(all.jobs, "j").targets == std::vector<std::string>{"shop-prod"});
}

TEST_CASE("a job's way to fire replaces the default's, and how schedules behave is inherited") {
  const auto all = good(
      "[defaults.job]\nschedule = { every = \"1h\", jitter = \"5m\", catch_up = { policy = \"last\" } }\n" +
      trigger_on_both("cron", "schedule = { cron = \"@daily\", catch_up = { max = 3 } }\n") + trigger_on_both("same"));
  const auto& cron = named(all.jobs, "cron").schedule;
  CHECK(cron.cron == "@daily");
  CHECK_FALSE(cron.every.has_value());
  CHECK(cron.jitter == 5min);
  CHECK(cron.catch_up.what == spec::catch_up_spec::policy::last);
  CHECK(cron.catch_up.most == 3);
  CHECK(named(all.jobs, "same").schedule.every == 1h);
}

TEST_CASE("defaults that only say how schedules behave do not make a job fire") {
  const auto all = good("[defaults.job]\nschedule = { jitter = \"5m\" }\n" + trigger_on_both("j"));
  CHECK_FALSE(named(all.jobs, "j").schedule.any());
}

TEST_CASE("the zone of a schedule is its own, else the default's, else the process's") {
  const auto zone = [](const std::string& before, const std::string& own) {
    return named(good(before + trigger_on_both("j", "schedule = { cron = \"@daily\"" + own + " }\n")).jobs, "j")
        .schedule.timezone;
  };
  CHECK(zone("", "") == "UTC");
  CHECK(zone("[daemon]\ntimezone = \"Europe/Vienna\"\n", "") == "Europe/Vienna");
  CHECK(zone("[daemon]\ntimezone = \"Europe/Vienna\"\n[defaults.job]\ntimezone = \"Asia/Tokyo\"\n", "") ==
        "Asia/Tokyo");
  CHECK(zone("[defaults.job]\ntimezone = \"Asia/Tokyo\"\n", ", timezone = \"America/Lima\"") == "America/Lima");
}

TEST_CASE("a default timeout is for short jobs: batches and replays take hours rightly") {
  const auto all =
      good("[defaults.job]\ntimeout = \"90m\"\n" + trigger_on_both("t") +
           "[job.b]\ntype = \"batch\"\ntargets = [\"shop-prod\"]\ntask = \"t\"\nitems = []\n"
           "[job.r]\ntype = \"replay\"\ntargets = [\"shop-prod\"]\nselect = { from = \"-2h\", to = \"-60s\" }\ntimeout "
           "= \"5h\"\n"
           "[job.s]\ntype = \"env-sync\"\ntargets = [\"shop-prod\"]\nsource = [{ values = { A = \"a\" } }]\n");
  CHECK(named(all.jobs, "t").timeout == 90min);
  CHECK_FALSE(named(all.jobs, "b").timeout.has_value());
  CHECK(named(all.jobs, "r").timeout == 5h);
  CHECK(named(all.jobs, "s").timeout == 90min);
}

TEST_CASE("the machine gives files and folders up to their limits, and says why not") {
  const config::machine_environment machine;
  const auto folder = std::filesystem::temp_directory_path() / ("triggerd-config-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto path = (folder / "a.toml").string();
  const auto write = [&](std::size_t size) { std::ofstream(path, std::ios::binary) << std::string(size, '#'); };
  write(limits::config_file);
  CHECK(machine.read_file(path)->size() == limits::config_file);
  write(limits::config_file + 1);
  CHECK(machine.read_file(path).error().message.find("larger than 8 MiB") != std::string::npos);
  CHECK(machine.read_file(folder.string()).error().message.find("it is a folder") != std::string::npos);
  CHECK(machine.read_file(path + ".gone").error().code == config::codes::file);
  CHECK(*machine.list_folder(folder.string()) == std::vector<std::string>{"a.toml"});
  CHECK(machine.list_folder(path + ".gone").error().code == config::codes::file);
  std::filesystem::remove_all(folder);
}
