// One connection: calls in order, streams, readers that are slow, bytes that are no call.
#include "support.hpp"

#include "base/limits.hpp"

using namespace triggerd;
using nlohmann::json;
using test::service;

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

TEST_CASE("an answer that does not fit the interface is logged and still sent") {
  service pond;
  const auto peer = pond.connect();
  const auto got = pond.ask(*peer, "org.example.Pond.Drain");
  REQUIRE(got.size() == 1);
  CHECK(got[0]["parameters"]["litres"] == "many");
  CHECK(pond.log.has("does not fit the interface: left is missing"));
}
