#include "spec/scope.hpp"
#include "spec/codes.hpp"
#include "support/shown_result.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace triggerd;
using namespace triggerd::spec;

namespace {

bool allows(std::string_view held, std::string_view wanted) {
  return grants(parse_scope(held).value(), parse_scope(wanted).value());
}

}  // namespace

TEST_CASE("a scope is an action, a type and perhaps an id") {
  CHECK(parse_scope("read:runs").value() == access_scope{"read", "runs", ""});
  CHECK(parse_scope("read:runs:run_1").value() == access_scope{"read", "runs", "run_1"});
  CHECK(parse_scope("admin").value() == access_scope{"admin", "", ""});
  CHECK(parse_scope("admin:sessions").value() == access_scope{"admin", "sessions", ""});
  CHECK(parse_scope("newer:things:ä").value() == access_scope{"newer", "things", "ä"});
}

TEST_CASE("only the first two colons of a scope split it") {
  CHECK(parse_scope("read:tags:user:1").value() == access_scope{"read", "tags", "user:1"});
  CHECK(parse_scope("read:tags::").value() == access_scope{"read", "tags", ":"});
}

TEST_CASE("a scope is shown as it was written") {
  for (const auto* text : {"admin", "read:runs", "read:tags:user:1", "*:all", "batchTrigger:tasks:my-task"})
    CHECK(show(parse_scope(text).value()) == text);
}

TEST_CASE("what is no scope is refused") {
  for (const auto* text : {"", "read", "*", ":", "::", ":runs", "read:", "read::run_1", "read:runs:", "read:runs:a\nb",
                           "read:runs:\xff", "Admin"}) {
    const std::string shown = text;
    CAPTURE(shown);
    const auto read = parse_scope(text);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == spec::codes::scope);
    CHECK_FALSE(read.error().message.empty());
  }
}

TEST_CASE("a scope allows what it names") {
  CHECK(allows("read:runs:run_1", "read:runs:run_1"));
  CHECK(allows("read:runs", "read:runs"));
  CHECK_FALSE(allows("read:runs:run_1", "read:runs:run_2"));
  CHECK_FALSE(allows("read:runs:run_1", "write:runs:run_1"));
  CHECK_FALSE(allows("read:runs:run_1", "read:batch:run_1"));
  CHECK_FALSE(allows("read:runs", "read:tasks"));
  CHECK_FALSE(allows("read:runs", "admin"));
}

TEST_CASE("a scope of a whole type allows each id, one of an id not the whole type") {
  CHECK(allows("read:runs", "read:runs:run_1"));
  CHECK_FALSE(allows("read:runs:run_1", "read:runs"));
}

TEST_CASE("wildcards stand for every action and every type") {
  CHECK(allows("*:runs", "write:runs:run_1"));
  CHECK_FALSE(allows("*:runs", "write:tasks"));
  CHECK(allows("read:all", "read:sessions:chat"));
  CHECK_FALSE(allows("read:all", "write:sessions:chat"));
  CHECK(allows("*:all", "trigger:tasks:send"));
  CHECK(allows("read:all:x", "read:runs:x"));
  CHECK_FALSE(allows("read:all:x", "read:runs:y"));
}

TEST_CASE("bare admin allows everything, admin of a type only that") {
  for (const auto* wanted : {"admin", "read:runs", "trigger:tasks:send", "admin:sessions", "update:prompts:p"})
    CHECK(allows("admin", wanted));
  CHECK(allows("admin:sessions", "admin:sessions:chat"));
  CHECK_FALSE(allows("admin:sessions", "write:sessions:chat"));
  CHECK_FALSE(allows("admin:sessions", "admin:runs"));
  CHECK_FALSE(grants(access_scope{"read", "", ""}, access_scope{"read", "runs", ""}));
}

TEST_CASE("writing a task allows triggering it, and nothing else") {
  CHECK(allows("write:tasks", "trigger:tasks:send"));
  CHECK(allows("write:tasks:send", "batchTrigger:tasks:send"));
  CHECK_FALSE(allows("write:tasks:send", "trigger:tasks:other"));
  CHECK_FALSE(allows("write:tasks", "read:tasks"));
  CHECK_FALSE(allows("write:runs", "trigger:runs"));
  CHECK_FALSE(allows("read:tasks", "trigger:tasks:send"));
  CHECK_FALSE(allows("trigger:tasks", "write:tasks"));
}

TEST_CASE("one scope of a token is enough, and those that cannot be read allow nothing") {
  const std::vector<std::string> held{"", "read", "read:runs:", "read:tags:user:1", "write:sessions"};
  CHECK(grants(held, access_scope{"read", "tags", "user:1"}));
  CHECK(grants(held, access_scope{"write", "sessions", "chat"}));
  CHECK_FALSE(grants(held, access_scope{"read", "runs", "run_1"}));
  CHECK_FALSE(grants(std::vector<std::string>{}, access_scope{"read", "runs", ""}));
}
