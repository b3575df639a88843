#include "base/limits.hpp"
#include "commands/interface.hpp"
#include "ctl/commands.hpp"
#include "ctl/options.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include <unistd.h>

using namespace triggerd;
using ctl::json;

namespace {

struct typed {
  std::string command;
  ctl::arguments said;
};

typed parse(const std::string& line) {
  typed out;
  const auto parser = ctl::make_parser(out.said, "1");
  parser->parse(line);
  out.command = parser->get_subcommands().front()->get_name();
  return out;
}

// "Method {parameters}", checked against the interface.
std::string asked(const std::string& line) {
  const typed t = parse(line);
  const auto request = ctl::command_named(t.command).ask(t.said);
  if (!request) return request.error().message;
  const auto& table = commands::control_interface();
  const auto* method = table.find_method(request->method);
  REQUIRE(method != nullptr);
  const auto fits = control::check(table, method->parameters, request->parameters);
  REQUIRE_MESSAGE(fits.has_value(), (fits ? "" : fits.error().message + " " + fits.error().peer));
  CHECK((request->how == ctl::streaming::no || method->streams));
  return request->method + " " + request->parameters.dump();
}

class file {
 public:
  explicit file(const std::string& text) {
    std::string pattern = (std::filesystem::temp_directory_path() / "ctl-XXXXXX").string();
    const int made = ::mkstemp(pattern.data());
    REQUIRE(made >= 0);
    ::close(made);
    path_ = pattern;
    std::ofstream(path_) << text;
  }
  ~file() { std::filesystem::remove(path_); }
  file(const file&) = delete;
  file& operator=(const file&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

TEST_CASE("what is typed becomes a call that the interface takes") {
  CHECK(asked("status") == "Status {}");
  CHECK(asked("targets") == "Targets {}");
  CHECK(asked("targets tier=prod") == R"(Targets {"on":"tier=prod"})");
  CHECK(asked("jobs") == "Jobs {}");
  CHECK(asked("fires") == "Fires {}");
  CHECK(asked("fires nightly --target a --state failed --before 01x --limit 5") ==
        R"(Fires {"before":"01x","job":"nightly","limit":5,"state":"failed","target":"a"})");
  CHECK(asked("fire 01x --target a --from 100 --limit 10") ==
        R"(Fire {"from":100,"id":"01x","limit":10,"target":"a"})");
  CHECK(asked("next nightly --limit 3") == R"(Next {"job":"nightly","limit":3})");
  CHECK(asked("events --follow") == "Events {}");
  CHECK(asked("metrics") == "Metrics {}");
  CHECK(asked("run j --on tier=prod --var a=1 --var b=x=y --var c= --adopt N --adopt M") ==
        R"(Run {"adopt":["N","M"],"job":"j","on":"tier=prod","vars":{"a":"1","b":"x=y","c":""}})");
  CHECK(asked("run --var a=1 j --wait") == R"(Run {"job":"j","vars":{"a":"1"}})");
  CHECK(asked("plan j --var a=1") == R"(Plan {"job":"j","vars":{"a":"1"}})");
  CHECK(asked("cancel 01x") == R"(Cancel {"fire":"01x"})");
  CHECK(asked("pause j --for 1h30m") == R"(Pause {"for_ms":5400000,"what":"j"})");
  CHECK(asked("pause tier=prod") == R"(Pause {"what":"tier=prod"})");
  CHECK(asked("resume j") == R"(Resume {"what":"j"})");
  CHECK(asked("resolve 01x --as retry --target a --action 0") ==
        R"(Resolve {"action":0,"as":"retry","fire":"01x","target":"a"})");
  CHECK(asked("reload") == "Reload {}");
  CHECK(asked("drain") == "Drain {}");
  CHECK(asked("stop") == "Stop {}");
  CHECK(asked("log-level debug") == R"(LogLevel {"level":"debug"})");
}

TEST_CASE("a call says its target, its endpoint, and what goes along") {
  CHECK(asked("call shop-prod whoami.key") == R"(Call {"endpoint":"whoami.key","target":"shop-prod"})");
  CHECK(
      asked("call a runs.list --param page[size]=5 -p filter[status]=FAILED,CRASHED") ==
      R"(Call {"endpoint":"runs.list","parameters":{"filter[status]":"FAILED,CRASHED","page[size]":"5"},"target":"a"})");
  const file body(R"({"payload": 1})");
  CHECK(asked("call a tasks.trigger -p taskId=hello --body " + body.path()) ==
        R"(Call {"body":"{\"payload\": 1}","endpoint":"tasks.trigger","parameters":{"taskId":"hello"},"target":"a"})");
}

TEST_CASE("a token says what it is for, action by action") {
  CHECK(asked("token a --read sessions:s --read runs --write sessions:s --trigger tasks:t --batch-trigger tasks:t "
              "--expires 7d --one-time") ==
        R"(Token {"expires":"7d","one_time":true,"scopes":["read:sessions:s","read:runs","write:sessions:s",)"
        R"("trigger:tasks:t","batchTrigger:tasks:t"],"target":"a"})");
  CHECK(asked("token a --admin") == R"(Token {"scopes":["admin"],"target":"a"})");
  CHECK(asked("token a") == R"(Token {"scopes":[],"target":"a"})");  // the daemon says why that is no token
}

TEST_CASE("a session is followed, or gets a record") {
  CHECK(asked("session a tail chat-1") == R"(SessionTail {"session":"chat-1","target":"a"})");
  CHECK(asked("session a tail chat-1 --in --from 12 --follow") ==
        R"(SessionTail {"follow":true,"from":12,"session":"chat-1","side":"in","target":"a"})");
  CHECK(asked("session a append chat-1 hello") ==
        R"(SessionAppend {"record":"hello","session":"chat-1","target":"a"})");
  CHECK(asked("session a append chat-1 --out {}") ==
        R"(SessionAppend {"record":"{}","session":"chat-1","side":"out","target":"a"})");
}

TEST_CASE("what is larger than a message to the daemon is refused before it is sent") {
  const file body(std::string(limits::control_message, 'x'));
  CHECK(asked("call a tasks.trigger --body " + body.path()).find("bytes that one call to the daemon carries") !=
        std::string::npos);
  CHECK(asked("call a tasks.trigger --body /nowhere/at/all") ==
        "/nowhere/at/all cannot be read: No such file or directory");
}

TEST_CASE("every method of the interface has its command") {
  std::set<std::string> asked_for;
  for (const auto& c : ctl::commands()) {
    ctl::arguments said;
    said.what = "x";
    said.as = "done";
    for (const char* verb : {"tail", "append"}) {
      said.verb = verb;
      said.text = said.verb == "append" ? "x" : "";
      const auto request = c.ask(said);
      REQUIRE(request.has_value());
      asked_for.insert(request->method);
    }
  }
  asked_for.insert("Explain");  // asked by a command that also answers by itself
  for (const auto& m : commands::control_interface().methods) CHECK_MESSAGE(asked_for.count(m.name) == 1, m.name);
}

TEST_CASE("words that cannot be used are refused before the daemon is asked") {
  CHECK(asked("run j --var a") == "--var needs NAME=VALUE, not a");
  CHECK(asked("run j --var =a") == "--var needs NAME=VALUE, not =a");
  CHECK(asked("run j --var a=1 --var a=2") == "--var a is given twice");
  CHECK(asked("call a runs.list --param limit") == "--param needs NAME=VALUE, not limit");
  CHECK(asked("call a runs.list -p a=1 -p a=2") == "--param a is given twice");
  CHECK(asked("session a tail s hello") == "tail takes no text; append does");
  CHECK(asked("session a append s hello --follow") == "--from and --follow are for tail");
  CHECK(asked("pause j --for 2").starts_with("--for: "));
  CHECK(asked("pause j --for 0s").starts_with("--for: "));
  CHECK(asked("resolve 01x --as done --action 3") == "--action needs --target: numbers count within one target");
  for (const char* wrong :
       {"", "walk", "run", "resolve 01x", "resolve 01x --as maybe", "fires --limit 0", "fires --limit 501",
        "fire 01x --from -1", "log-level loud", "status more", "call a", "token", "session a", "session a shout s",
        "session a tail s --in --out", "session a tail s --from -1"})
    CHECK_THROWS_AS(parse(wrong), CLI::ParseError);
}

TEST_CASE("options that belong to all commands may stand anywhere") {
  CHECK(parse("--json status").said.json);
  CHECK(parse("status --json").said.json);
  CHECK(parse("status --socket /x").said.socket == "/x");
}

TEST_CASE("what may take long is waited for") {
  const auto patient = [](const std::string& line) {
    const typed t = parse(line);
    return ctl::command_named(t.command).ask(t.said)->patient;
  };
  CHECK(patient("run j --wait"));
  CHECK_FALSE(patient("run j"));
  CHECK(patient("plan j"));
  CHECK(patient("reload"));
  CHECK(patient("call a runs.list"));  // its turn may be far off
  CHECK_FALSE(patient("status"));
}
