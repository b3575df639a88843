// The program itself against a served socket: what is printed where, and what the shell learns.
#include "control/server.hpp"
#include "samples.hpp"
#include "support/virtual_time.hpp"

#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <thread>

#include <sys/wait.h>

using namespace triggerd;
using nlohmann::json;

namespace {

struct outcome {
  int code = -1;
  std::string out, err;
};

// A daemon of canned replies: the last one of a method's list is final.
class stage {
 public:
  stage() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ctl-XXXXXX").string();
    home_ = ::mkdtemp(pattern.data());
  }
  ~stage() {
    if (server_) {
      time_.spawn([](control::server& s) -> task<> { co_await s.close(); }(*server_));
      time_.advance(std::chrono::seconds(5));
    }
    std::filesystem::remove_all(home_);
  }

  void serve(control::role grants = control::role::admin) {
    using control::role;
    std::vector<control::verb> verbs;
    for (const auto& m : commands::control_interface().methods) {
      const role needs = m.name == "Reload" ? role::admin : m.name == "Run" ? role::operate : role::read;
      verbs.push_back({m.name, needs, false, [this](control::call& c) { return play(c, replies); }});
    }
    control::server_options options{commands::control_interface(), std::move(verbs)};
    options.own = 900;
    options.identify = [](int) -> result<control::peer> {
      control::peer who;
      who.uid = 1000;
      return who;
    };
    options.rules = {*control::rule_for_user("1000", grants)};
    server_.emplace(time_.loop().get_executor(), time_, time_, log_, std::move(options));
    const auto listening = server_->listen(home_ + "/control");
    REQUIRE(listening.has_value());
  }

  outcome run(const std::string& words) {
    const std::string line = "TRIGGERD_SOCKET=" + home_ + "/control " TRIGGERD_BUILD_DIR "/triggerctl " + words + " >" +
                             home_ + "/out 2>" + home_ + "/err";
    std::atomic<bool> done = false;
    int status = 0;
    std::thread shell([&] {
      status = std::system(line.c_str());
      done = true;
    });
    while (!done) {
      time_.run();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    shell.join();
    return {WEXITSTATUS(status), read(home_ + "/out"), read(home_ + "/err")};
  }

  std::map<std::string, std::vector<json>> replies;

 private:
  static std::string read(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static task<> play(control::call& c, std::map<std::string, std::vector<json>>& replies) {
    const auto& list = replies.at(c.method_name());
    if (c.more())
      for (std::size_t i = 0; i + 1 < list.size(); ++i) {
        json part = list[i];
        co_await c.stream(std::move(part));
      }
    json last = list.back();
    if (!last.contains("error")) {
      co_await c.reply(std::move(last));
      co_return;
    }
    std::string name = last["error"].get<std::string>();
    json parameters = last["parameters"];
    co_await c.error(std::move(name), std::move(parameters));
  }

  test::virtual_time time_;
  no_log log_;
  std::string home_;
  std::optional<control::server> server_;
};

}  // namespace

TEST_CASE("without a daemon the shell learns 69, with wrong words 64") {
  stage s;
  const auto alone = s.run("status");
  CHECK(alone.code == 69);
  CHECK(alone.out.empty());
  CHECK(alone.err.find("no daemon listens on") != std::string::npos);
  CHECK(s.run("").code == 64);
  CHECK(s.run("walk").code == 64);
  CHECK(s.run("run").code == 64);
  CHECK(s.run("run j --var x").code == 64);
  CHECK(s.run("--help").code == 0);
  CHECK(s.run("--version").out.starts_with("triggerctl "));
}

TEST_CASE("the interface is printed without a daemon") {
  stage s;
  const auto got = s.run("interface");
  CHECK(got.code == 0);
  CHECK(got.out == control::render(commands::control_interface()));
}

TEST_CASE("status is printed for people, or passed through") {
  stage s;
  s.serve();
  s.replies["Status"] = {test::calm_status()};
  const auto people = s.run("status");
  CHECK(people.code == 0);
  CHECK(people.out.find("nothing is wrong\n") != std::string::npos);
  CHECK(people.out.find('\033') == std::string::npos);
  const auto scripts = s.run("status --json");
  CHECK(scripts.code == 0);
  CHECK(json::parse(scripts.out) == test::calm_status());
}

TEST_CASE("run --wait ends with the fire's own verdict") {
  stage s;
  s.serve();
  const auto reply = [](const std::string& state) {
    const json out = {{"fire", "01x"}, {"progress", test::one_fire(state)}};
    return test::reply_of("Run", out.dump());
  };
  s.replies["Run"] = {reply("running"), reply("running"), reply("unknown")};
  const auto waited = s.run("run import-orders --wait");
  CHECK(waited.code == 3);
  CHECK(waited.out.find("import-orders (batch)  unknown") != std::string::npos);
  CHECK(waited.err.empty());
  const auto lines = s.run("run import-orders --wait --json");
  CHECK(lines.code == 3);
  CHECK(std::count(lines.out.begin(), lines.out.end(), '\n') == 3);
  s.replies["Run"] = {test::reply_of("Run", R"({"fire": "01x"})")};
  CHECK(s.run("run import-orders").code == 0);
}

TEST_CASE("plan, reload and refusals reach the shell") {
  stage s;
  s.serve(control::role::operate);
  s.replies["Plan"] = {test::reply_of("Plan", R"({"job": "j", "changes": 1, "legs": []})")};
  CHECK(s.run("plan j").code == 2);
  const auto denied = s.run("reload");
  CHECK(denied.code == 77);
  CHECK(denied.out.empty());
  CHECK(denied.err.find("needs the role admin, you have operate") != std::string::npos);
  const auto as_json = s.run("reload --json");
  CHECK(as_json.code == 77);
  CHECK(json::parse(as_json.out)["error"] == "io.triggerd.Control.PermissionDenied");

  stage admin;
  admin.serve();
  admin.replies["Reload"] = {
      test::reply_of("Reload", R"({"verdict": "refused", "fields": [], "changes": [], "complaints": []})")};
  CHECK(admin.run("reload").code == 78);
  admin.replies["Cancel"] = {json{{"error", "UnknownFire"}, {"parameters", {{"fire", "01"}, {"reason", "none"}}}}};
  CHECK(admin.run("cancel 01").code == 64);
}

TEST_CASE("following events prints each one, and losing the daemon is 69") {
  stage s;
  s.serve();
  const auto event = test::reply_of("Events", R"({"events": [{"seq": 1, "at": "2026-11-24T11:59:01.500Z",
    "kind": "reload", "level": "info", "text": "applied"}]})");
  s.replies["Events"] = {event, event, event};
  const auto got = s.run("events --follow");
  CHECK(got.code == 0);
  CHECK(std::count(got.out.begin(), got.out.end(), '\n') == 3);
  CHECK(s.run("events").out == "11:59:01  reload          applied\n");
}
