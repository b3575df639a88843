// The socket, what the service tells of itself, how many may connect, and the end.
#include "support.hpp"

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
