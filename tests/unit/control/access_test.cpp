// Who may call what, and what is written down of it.
#include "support.hpp"

#include "base/digest.hpp"
#include "base/limits.hpp"

using namespace triggerd;
using nlohmann::json;
using test::service;

TEST_CASE("every role reaches exactly its verbs") {
  service pond;
  pond.server->set_rules({*control::rule_for_user("1", control::role::read),
                          *control::rule_for_user("2", control::role::operate),
                          *control::rule_for_user("3", control::role::admin)});
  const auto outcome = [&](uid_t uid, const std::string& method, json parameters = json::object()) {
    const auto peer = pond.connect(uid);
    peer->call(method, std::move(parameters));
    pond.time.advance(milliseconds(5));
    const auto got = peer->receive();
    REQUIRE(got.size() == 1);
    if (!got[0].contains("error")) return std::string("ok");
    CHECK(got[0]["error"] == "org.example.Pond.PermissionDenied");
    return got[0]["parameters"]["needs"].get<std::string>() + ">" + got[0]["parameters"]["has"].get<std::string>();
  };
  const json grams{{"grams", 1}};
  CHECK(outcome(1, "org.example.Pond.Look") == "ok");
  CHECK(outcome(1, "org.example.Pond.Feed", grams) == "operate>read");
  CHECK(outcome(1, "org.example.Pond.Drain") == "admin>read");
  CHECK(outcome(2, "org.example.Pond.Look") == "ok");
  CHECK(outcome(2, "org.example.Pond.Feed", grams) == "ok");
  CHECK(outcome(2, "org.example.Pond.Drain") == "admin>operate");
  CHECK(outcome(3, "org.example.Pond.Drain") == "ok");
  CHECK(outcome(0, "org.example.Pond.Drain") == "ok");
  CHECK(outcome(900, "org.example.Pond.Drain") == "ok");
  CHECK(outcome(4, "org.example.Pond.Look") == "read>none");
  CHECK(outcome(4, "org.example.Pond.Feed", grams) == "operate>none");
  CHECK(outcome(4, "org.varlink.service.GetInfo") == "read>none");
}

TEST_CASE("a stranger is told once and shown out") {
  service pond;
  const auto peer = pond.connect(4);
  peer->call("org.example.Pond.Look");
  peer->call("org.example.Pond.Look");
  pond.time.run();
  CHECK(peer->receive().size() == 1);
  CHECK(peer->ended());
}

TEST_CASE("new rules count from the next call of an open connection") {
  service pond;
  pond.server->set_rules({*control::rule_for_user("5", control::role::read)});
  const auto peer = pond.connect(5);
  CHECK(pond.ask(*peer, "org.example.Pond.Look")[0].contains("error") == false);
  pond.server->set_rules({});
  CHECK(pond.ask(*peer, "org.example.Pond.Look")[0]["error"] == "org.example.Pond.PermissionDenied");
}

TEST_CASE("changing calls are audited with their outcome, reading ones are not") {
  service pond;
  pond.server->set_rules({*control::rule_for_user("1", control::role::read)});
  const auto root = pond.connect();
  pond.ask(*root, "org.example.Pond.Look");
  pond.ask(*root, "org.example.Pond.Feed", {{"grams", 0}});
  pond.time.advance(milliseconds(1));
  pond.ask(*root, "org.example.Pond.Feed", {{"grams", 1'000}});
  pond.ask(*root, "org.example.Pond.Feed", {{"gram", 1}});
  const auto reader = pond.connect(1);
  pond.ask(*reader, "org.example.Pond.Feed", {{"grams", 1}});
  REQUIRE(pond.audit.size() == 4);
  CHECK(pond.audit[0].verb == "Feed");
  CHECK(pond.audit[0].who.uid == 0);
  CHECK(pond.audit[0].who.pid == 77);
  CHECK(pond.audit[0].digest == sha256_hex(R"({"grams":0})"));
  CHECK(pond.audit[0].outcome == "ok");
  CHECK(pond.audit[1].outcome == "org.example.Pond.Dry");
  CHECK(pond.audit[2].outcome == "org.varlink.service.InvalidParameter");
  CHECK(pond.audit[3].outcome == "denied");
  CHECK(pond.audit[3].who.uid == 1);
}

TEST_CASE("the audit quotes the parameters that the verb tells, bounded and on one line, and no others") {
  service pond;
  pond.server->set_rules({*control::rule_for_user("1", control::role::read)});
  const auto root = pond.connect();
  pond.ask(*root, "org.example.Pond.Feed", {{"grams", 5}});
  pond.time.advance(milliseconds(10));
  pond.ask(*root, "org.example.Pond.Feed", {{"guests", {"carp\n", "pike"}}, {"secret", "bread"}});
  const auto reader = pond.connect(1);
  pond.ask(*reader, "org.example.Pond.Feed", {{"guests", std::string(10'000, 'x')}, {"grams", nullptr}});
  REQUIRE(pond.audit.size() == 3);
  CHECK(pond.audit[0].about == "grams 5");
  CHECK(pond.audit[1].about == "guests carp\\x0a pike");
  CHECK(pond.audit[2].about.size() < limits::control_quoted + 16);
}

TEST_CASE("a stranger in a loop writes so many lines and then a count") {
  service pond;
  const std::size_t most = limits::control_complaints;
  const auto knock = [&](uid_t uid, std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) pond.ask(*pond.connect(uid), "org.example.Pond.Look");
  };
  knock(4, most + 40);
  CHECK(pond.log.all.size() == most);
  knock(5, 1);  // another user has lines of its own
  CHECK(pond.log.all.back() == "uid 5 pid 77 may not call org.example.Pond.Look");
  pond.time.advance(std::chrono::minutes(1));
  CHECK(pond.log.all.size() == most + 2);
  CHECK(pond.log.has("uid 4 was refused 40 more times within a minute"));
  knock(4, 1);
  CHECK(pond.log.all.back() == "uid 4 pid 77 may not call org.example.Pond.Look");
}

TEST_CASE("refused changes are audited as long as the user has lines left, and the others are counted") {
  service pond;
  const std::size_t most = limits::control_complaints;
  for (std::size_t i = 0; i < most + 3; ++i) pond.ask(*pond.connect(4), "org.example.Pond.Feed", {{"grams", 1}});
  CHECK(pond.audit.size() == most);
  CHECK(pond.log.all.empty());
  pond.time.advance(std::chrono::minutes(1));
  CHECK(pond.log.has("uid 4 was refused 3 more times"));
}

TEST_CASE("what is no call is bounded in the log as well, and the count is told when the server ends") {
  test::lines heard;
  {
    test::virtual_time time;
    control::complaints refused(time, time, heard);
    control::peer who;
    who.uid = 4;
    for (std::size_t i = 0; i < limits::control_complaints + 2; ++i) refused.write(who, "sent noise");
    CHECK(heard.all.size() == limits::control_complaints);
  }
  CHECK(heard.all.back().starts_with("uid 4 was refused 2 more times"));
}
