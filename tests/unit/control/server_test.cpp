#include "support.hpp"

#include "base/digest.hpp"
#include "base/limits.hpp"
#include "base/random.hpp"

#include <fstream>

#include <sys/stat.h>

using namespace triggerd;
using nlohmann::json;
using test::raw_peer;
using test::service;

TEST_CASE("the socket is open to everyone, and its path goes with the server") {
  std::string path;
  {
    service pond;
    path = pond.path;
    struct stat made {};
    REQUIRE(::stat(path.c_str(), &made) == 0);
    CHECK((made.st_mode & 0777) == 0666);
    CHECK(S_ISSOCK(made.st_mode));
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a socket left behind is taken over, anything else is left alone") {
  test::virtual_time time;
  test::directory home;
  no_log quiet;
  const auto made = [&] {
    return std::make_unique<control::server>(time.loop().get_executor(), time, time, quiet,
                                             control::server_options{test::pond(), {}});
  };
  const auto shut = [](control::server& s) -> task<> { co_await s.close(); };

  const std::string left_behind = home / "old";
  {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    left_behind.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(fd);
  }
  auto first = made();
  CHECK(first->listen(left_behind).has_value());
  CHECK(raw_peer(left_behind).connected());

  const std::string file = home / "file";
  std::ofstream(file) << "precious";
  auto second = made();
  const auto refused = second->listen(file);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.find("not a socket") != std::string::npos);
  CHECK(std::filesystem::file_size(file) == 8);
  CHECK_FALSE(second->listen(std::string(200, 'x')).has_value());
  CHECK_FALSE(second->adopt(0).has_value());

  // Another daemon has the path by now: the first one leaves it.
  auto third = made();
  CHECK(third->listen(left_behind).has_value());
  time.spawn(shut(*first));
  time.run();
  CHECK(raw_peer(left_behind).connected());
  time.spawn(shut(*third));
  time.spawn(shut(*second));
  time.run();
}

TEST_CASE("an inherited descriptor is served and its path stays") {
  test::virtual_time time;
  test::directory home;
  no_log quiet;
  const std::string path = home / "handed";
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  control::server served(time.loop().get_executor(), time, time, quiet, control::server_options{test::pond(), {}});
  CHECK_FALSE(served.adopt(fd).has_value());  // not listening yet
  REQUIRE(::listen(fd, 4) == 0);
  REQUIRE(served.adopt(fd).has_value());
  raw_peer peer(path);
  peer.call("org.varlink.service.GetInfo");
  time.run();
  CHECK(peer.receive().size() == 1);
  time.spawn([](control::server& s) -> task<> { co_await s.close(); }(served));
  time.advance(seconds(1));
  CHECK(std::filesystem::exists(path));
}

TEST_CASE("the service tells what it is") {
  service pond;
  const auto peer = pond.connect();
  auto info = pond.ask(*peer, "org.varlink.service.GetInfo");
  REQUIRE(info.size() == 1);
  CHECK(info[0]["parameters"]["version"] == "1.2.3");
  CHECK(info[0]["parameters"]["interfaces"] == json::array({"org.varlink.service", "org.example.Pond"}));
  auto text = pond.ask(*peer, "org.varlink.service.GetInterfaceDescription", {{"interface", "org.example.Pond"}});
  REQUIRE(text.size() == 1);
  CHECK(text[0]["parameters"]["description"] == control::render(test::pond()));
  const auto error_of = [&](const std::string& method, json parameters = json::object()) {
    const auto got = pond.ask(*peer, method, std::move(parameters));
    REQUIRE(got.size() == 1);
    return got[0].value("error", "") + " " + got[0]["parameters"].dump();
  };
  CHECK(error_of("org.varlink.service.GetInterfaceDescription", {{"interface", "a.B"}}) ==
        R"(org.varlink.service.InterfaceNotFound {"interface":"a.B"})");
  CHECK(error_of("org.varlink.service.GetInterfaceDescription") ==
        R"(org.varlink.service.InvalidParameter {"parameter":"interface"})");
  CHECK(error_of("org.varlink.service.Nothing") == R"(org.varlink.service.MethodNotFound {"method":"Nothing"})");
  CHECK(error_of("org.example.Sea.Look") == R"(org.varlink.service.InterfaceNotFound {"interface":"org.example.Sea"})");
  CHECK(error_of("Look") == R"(org.varlink.service.InterfaceNotFound {"interface":""})");
  CHECK(error_of("org.example.Pond.Swim") == R"(org.varlink.service.MethodNotFound {"method":"Swim"})");
  CHECK(error_of("org.example.Pond.Sleep") == R"(org.varlink.service.MethodNotImplemented {"method":"Sleep"})");
  CHECK(error_of("org.example.Pond.Look", {{"deep", "very"}}) ==
        R"(org.varlink.service.InvalidParameter {"parameter":"deep"})");
}

TEST_CASE("pipelined calls are answered in order, one after the other") {
  service pond;
  const auto peer = pond.connect();
  peer->call("org.example.Pond.Feed", {{"grams", 50}});
  peer->call("org.example.Pond.Feed", {{"grams", 1}});
  peer->call("org.example.Pond.Feed", {{"grams", 60}});
  peer->call("org.example.Pond.Look");
  pond.time.run();
  CHECK(peer->receive().empty());
  CHECK(pond.left == 50);  // the second waits for the first
  pond.time.advance(milliseconds(50));
  auto first = peer->receive();
  REQUIRE(first.size() == 1);
  CHECK(first[0]["parameters"]["left"] == 50);
  pond.time.advance(milliseconds(10));
  const auto rest = peer->receive();
  REQUIRE(rest.size() == 3);
  CHECK(rest[0]["parameters"]["left"] == 49);
  CHECK(rest[1]["error"] == "org.example.Pond.Dry");
  CHECK(rest[2]["parameters"]["fish"][0]["name"] == "carp \xef\xbf\xbd");
}

TEST_CASE("a flood of pipelined calls is held back, and answered to the last") {
  service pond;
  const auto peer = pond.connect();
  control::call_message one;
  one.method = "org.example.Pond.Look";
  const std::string bytes = control::encode(one);
  std::size_t sent = 0;
  std::size_t answered = 0;
  for (int round = 0; round < 500 && answered < 2'000; ++round) {
    while (sent < 2'000 && peer->send(bytes) == bytes.size()) ++sent;
    pond.time.run();
    answered += peer->receive().size();
  }
  CHECK(answered == 2'000);
}

TEST_CASE("a call without reply is run and not answered") {
  service pond;
  const auto peer = pond.connect();
  using namespace std::string_view_literals;
  peer->send("{\"method\":\"org.example.Pond.Feed\",\"parameters\":{\"grams\":5},\"oneway\":true}\0"sv);
  peer->send("{\"method\":\"org.example.Pond.Swim\",\"oneway\":true}\0"sv);
  pond.time.advance(milliseconds(10));
  CHECK(pond.left == 95);
  CHECK(peer->receive().empty());
}

TEST_CASE("two sessions do not wait for each other") {
  service pond;
  const auto slow = pond.connect();
  const auto quick = pond.connect();
  slow->call("org.example.Pond.Feed", {{"grams", 90}});
  pond.time.run();
  CHECK(pond.ask(*quick, "org.example.Pond.Look").size() == 1);
  CHECK(slow->receive().empty());
  pond.time.advance(milliseconds(90));
  CHECK(slow->receive().size() == 1);
}

TEST_CASE("a stream goes on until the peer hangs up") {
  service pond;
  const auto peer = pond.connect();
  const auto other = pond.connect();
  peer->call("org.example.Pond.Watch", json::object(), true);
  pond.time.run();
  CHECK(pond.watchers == 1);
  pond.ripples = 3;
  pond.ripple.notify_all();
  pond.time.run();
  const auto got = peer->receive();
  REQUIRE(got.size() == 3);
  CHECK(got[2]["parameters"]["n"] == 3);
  CHECK(got[2]["continues"] == true);
  peer->close();
  pond.time.run();
  CHECK(pond.watchers == 0);
  CHECK(pond.server->sessions() == 1);
  // Without 'more' the same method gives one reply.
  const auto once = pond.ask(*other, "org.example.Pond.Watch");
  REQUIRE(once.size() == 1);
  CHECK_FALSE(once[0].contains("continues"));
}

TEST_CASE("a slow reader of a stream is told how much it missed, and memory stays bounded") {
  service pond;
  const auto peer = pond.connect(0, 4'096);
  peer->call("org.example.Pond.Watch", json::object(), true);
  pond.time.run();
  pond.filling = std::string(1'000, 'x');
  pond.ripples = 20'000;
  pond.ripple.notify_all();
  pond.time.run();

  std::vector<json> got;
  const auto read_all = [&] {
    for (int quiet = 0; quiet < 3;) {
      const auto some = peer->receive();
      quiet = some.empty() ? quiet + 1 : 0;
      got.insert(got.end(), some.begin(), some.end());
      pond.time.run();
    }
  };
  read_all();
  const auto first_part = got.size();
  CHECK(first_part >= limits::control_backlog);
  CHECK(first_part < 4 * limits::control_backlog);  // what the kernel held comes on top
  for (std::size_t i = 0; i < got.size(); ++i) {
    CHECK(got[i]["parameters"]["n"] == i + 1);
    CHECK_FALSE(got[i]["parameters"].contains("missed"));
  }
  ++pond.ripples;
  pond.ripple.notify_all();
  pond.time.run();
  read_all();
  REQUIRE(got.size() == first_part + 1);
  CHECK(got.back()["parameters"]["n"] == 20'001);
  CHECK(got.back()["parameters"]["missed"] == 20'000 - first_part);
}

TEST_CASE("a peer that never reads is cut off in the end") {
  service pond;
  const auto peer = pond.connect(0, 4'096);
  peer->call("org.example.Pond.Watch", json::object(), true);
  pond.time.run();
  pond.filling = std::string(10'000, 'x');
  pond.ripples = 2'000;
  pond.ripple.notify_all();
  pond.time.advance(limits::control_idle - seconds(61));
  CHECK(pond.server->sessions() == 1);
  pond.time.advance(seconds(180));
  CHECK(pond.server->sessions() == 0);
  CHECK(pond.watchers == 0);
  CHECK(pond.log.has("does not read"));
}

TEST_CASE("an idle connection is closed, a waiting stream is not") {
  service pond;
  const auto idle = pond.connect();
  const auto stream = pond.connect();
  stream->call("org.example.Pond.Watch", json::object(), true);
  pond.time.advance(limits::control_idle + limits::control_idle / 5);
  CHECK(idle->ended());
  CHECK_FALSE(stream->ended());
  CHECK(pond.server->sessions() == 1);
}

TEST_CASE("bytes that are no call are refused in words and the connection ends") {
  using namespace std::string_view_literals;
  const auto refusal = [](std::string_view bytes) {
    service pond;
    const auto peer = pond.connect();
    std::size_t sent = 0;
    for (int i = 0; i < 1'000 && sent < bytes.size(); ++i) {
      sent += peer->send(bytes.substr(sent));
      pond.time.run();
    }
    const auto got = peer->receive();
    CHECK(peer->ended());
    CHECK(pond.server->sessions() == 0);
    REQUIRE(got.size() == 1);
    CHECK(got[0]["error"] == "org.example.Pond.MalformedMessage");
    return got[0]["parameters"]["reason"].get<std::string>();
  };
  CHECK(refusal("GET / HTTP/1.1\r\n\r\n\0"sv) == "not JSON");
  CHECK(refusal("{\"method\":\"a.B\",\"parameters\":5}\0"sv) == "'parameters' is not an object");
  CHECK(refusal(std::string(limits::control_message + 2'000, 'a')) == "longer than 1048576 bytes");
}

TEST_CASE("calls before the oversized one are answered") {
  service pond;
  const auto peer = pond.connect();
  peer->call("org.example.Pond.Look");
  const std::string junk(limits::control_message + 1, 'a');
  std::size_t sent = 0;
  for (int i = 0; i < 1'000 && sent < junk.size(); ++i) {
    sent += peer->send(std::string_view(junk).substr(sent));
    pond.time.run();
  }
  const auto got = peer->receive();
  REQUIRE(got.size() == 2);
  CHECK(got[0]["parameters"].contains("fish"));
  CHECK(got[1]["error"] == "org.example.Pond.MalformedMessage");
}

TEST_CASE("a script may close its side and still gets its answers") {
  service pond;
  const auto peer = pond.connect();
  peer->call("org.example.Pond.Feed", {{"grams", 20}});
  peer->call("org.example.Pond.Look");
  peer->say_no_more();
  pond.time.advance(milliseconds(30));
  CHECK(peer->receive().size() == 2);
  CHECK(peer->ended());
}

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

TEST_CASE("an answer that does not fit the interface is logged and still sent") {
  service pond;
  const auto peer = pond.connect();
  const auto got = pond.ask(*peer, "org.example.Pond.Drain");
  REQUIRE(got.size() == 1);
  CHECK(got[0]["parameters"]["litres"] == "many");
  CHECK(pond.log.has("does not fit the interface: left is missing"));
}

TEST_CASE("one user cannot take every connection") {
  service pond;
  std::vector<std::unique_ptr<raw_peer>> held;
  for (std::size_t i = 0; i < limits::control_sessions_per_user; ++i) held.push_back(pond.connect(0));
  const auto one_more = pond.connect(0);
  const auto got = one_more->receive();
  REQUIRE(got.size() == 1);
  CHECK(got[0]["error"] == "org.example.Pond.TooManySessions");
  CHECK(got[0]["parameters"]["most"] == limits::control_sessions_per_user);
  CHECK(one_more->ended());
  const auto service_user = pond.connect(900);
  CHECK(pond.ask(*service_user, "org.example.Pond.Look").size() == 1);
  held.pop_back();
  pond.time.run();
  const auto again = pond.connect(0);
  CHECK(pond.ask(*again, "org.example.Pond.Look").size() == 1);
}

TEST_CASE("all users together cannot shut administrators out, and the others hear of the limit that holds for them") {
  service pond;
  std::vector<std::unique_ptr<raw_peer>> held;
  for (std::size_t i = 0; i < limits::control_sessions; ++i)
    held.push_back(pond.connect(static_cast<uid_t>(1'000 + i / limits::control_sessions_per_user)));
  const auto late = pond.connect(5);
  const auto got = late->receive();
  REQUIRE(got.size() == 1);
  CHECK(got[0]["error"] == "org.example.Pond.TooManySessions");
  CHECK(got[0]["parameters"]["most"] == limits::control_sessions);
  CHECK(pond.log.has("uid 5 pid 77 finds every connection to the control socket taken"));
  const auto root = pond.connect(0);
  CHECK(pond.ask(*root, "org.example.Pond.Look").size() == 1);
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

TEST_CASE("closing lets what runs answer, ends streams, and takes nothing new") {
  service pond;
  const auto busy = pond.connect();
  const auto stream = pond.connect();
  busy->call("org.example.Pond.Feed", {{"grams", 100}});
  busy->call("org.example.Pond.Look");
  stream->call("org.example.Pond.Watch", json::object(), true);
  pond.time.run();
  bool done = false;
  pond.time.spawn([](control::server& s, bool& out) -> task<> {
    co_await s.close();
    out = true;
  }(*pond.server, done));
  pond.time.run();
  CHECK_FALSE(done);
  CHECK_FALSE(raw_peer(pond.path).connected());
  const auto last = stream->receive();
  REQUIRE(last.size() == 1);
  CHECK_FALSE(last[0].contains("continues"));
  pond.time.advance(milliseconds(100));
  CHECK(done);
  CHECK(busy->receive().size() == 1);
  CHECK(busy->ended());
}

TEST_CASE("closing does not wait for a peer that does not read") {
  service pond;
  const auto peer = pond.connect(0, 4'096);
  peer->call("org.example.Pond.Watch", json::object(), true);
  pond.time.run();
  pond.filling = std::string(10'000, 'x');
  pond.ripples = 500;
  pond.ripple.notify_all();
  pond.time.run();
  bool done = false;
  pond.time.spawn([](control::server& s, bool& out) -> task<> {
    co_await s.close();
    out = true;
  }(*pond.server, done));
  pond.time.advance(limits::control_linger - milliseconds(1));
  CHECK_FALSE(done);
  pond.time.advance(milliseconds(2));
  CHECK(done);
}

TEST_CASE("whatever bytes come, the server goes on serving") {
  service pond;
  seeded_random dice(20'261'124);
  const std::string words[] = {"{\"method\":\"org.example.Pond.Look\"}",
                               "{\"method\":\"org.example.Pond.Feed\",\"parameters\":",
                               "{\"grams\":1}}",
                               "\"more\":true",
                               "[",
                               "}",
                               "\\u0000",
                               "\xf0\x9f",
                               "1e999",
                               "null",
                               ","};
  for (int round = 0; round < 300; ++round) {
    const auto peer = pond.connect();
    for (std::uint64_t n = dice.below(12); n > 0; --n) {
      std::string bytes = words[dice.below(std::size(words))];
      if (dice.below(3) == 0) bytes += static_cast<char>(dice.below(256));
      if (dice.below(2) == 0) bytes += '\0';
      peer->send(bytes);
      if (dice.below(2) == 0) pond.time.run();
    }
    if (dice.below(2) == 0) pond.time.advance(milliseconds(2));
    peer->receive();
  }
  pond.time.advance(seconds(1));
  CHECK(pond.server->sessions() == 0);
  const auto peer = pond.connect();
  CHECK(pond.ask(*peer, "org.example.Pond.Look").size() == 1);
}
