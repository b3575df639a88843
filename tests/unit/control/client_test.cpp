#include "control/client.hpp"
#include "control/codes.hpp"
#include "support.hpp"

#include <atomic>
#include <thread>

using namespace triggerd;
using nlohmann::json;
using test::service;

namespace {

// Runs a blocking client beside the served pond.
template <class F>
void beside(service& pond, F&& what) {
  std::atomic<bool> done = false;
  std::thread other([&] {
    what();
    done = true;
  });
  while (!done) {
    pond.time.advance(milliseconds(1));
    std::this_thread::yield();
  }
  other.join();
}

control::client connected(const std::string& path) {
  auto made = control::client::connect(path);
  REQUIRE(made.has_value());
  return std::move(*made);
}

}  // namespace

TEST_CASE("no daemon is told apart from everything else") {
  test::directory home;
  CHECK(control::client::connect(home / "none").error().code == control::codes::no_daemon);
  CHECK(control::client::connect(home / "none/deeper").error().code == control::codes::no_daemon);
  CHECK(control::client::connect(std::string(300, 'a')).error().code == control::codes::no_daemon);
  service pond;
  CHECK(control::client::connect(pond.path).has_value());
}

TEST_CASE("the client calls, and gets errors with their name and parameters") {
  service pond;
  beside(pond, [&] {
    auto door = connected(pond.path);
    const auto fed = door.call("org.example.Pond.Feed", {{"grams", 40}});
    REQUIRE(fed.has_value());
    CHECK((*fed)["left"] == 60);
    const auto dry = door.call("org.example.Pond.Feed", {{"grams", 61}});
    REQUIRE_FALSE(dry.has_value());
    CHECK(dry.error().is("Dry"));
    CHECK(dry.error().name == "org.example.Pond.Dry");
    CHECK(dry.error().parameters["since"] == 1);
    CHECK(dry.error().why.code == control::codes::refused);
    CHECK(door.call("org.example.Pond.Look", json::object()).has_value());
  });
}

TEST_CASE("the client reads a stream until it has seen enough") {
  service pond;
  pond.ripples = 5;
  beside(pond, [&] {
    auto door = connected(pond.path);
    int seen = 0;
    const auto last = door.call_more("org.example.Pond.Watch", json::object(), [&](const json& reply) {
      seen = reply["n"].get<int>();
      return seen < 4;
    });
    REQUIRE(last.has_value());
    CHECK(seen == 4);
    CHECK((*last)["n"] == 4);
  });
  for (int i = 0; i < 100 && pond.watchers > 0; ++i) pond.time.run();
  CHECK(pond.watchers == 0);
}

TEST_CASE("a reply may be much larger than a call") {
  service pond;
  pond.ripples = 1;
  pond.filling.assign(30u << 20, 'w');
  beside(pond, [&] {
    auto door = connected(pond.path);
    const auto last = door.call_more("org.example.Pond.Watch", json::object(), [](const json&) { return false; });
    REQUIRE(last.has_value());
    CHECK((*last)["text"].get_ref<const std::string&>().size() == pond.filling.size());
  });
}

TEST_CASE("a stream may end by itself, and a call may take too long") {
  service pond;
  beside(pond, [&] {
    auto door = connected(pond.path);
    const auto once = door.call_more("org.example.Pond.Look", json::object(), [](const json&) { return true; });
    CHECK(once.has_value());
    const auto late = door.call_more(
        "org.example.Pond.Watch", json::object(), [](const json&) { return true; }, milliseconds(5));
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error().why.code == triggerd::codes::timeout);
  });
}

TEST_CASE("a refusal at the door is read although the daemon has hung up") {
  service pond;
  pond.next_peer.uid = 4;
  beside(pond, [&] {
    auto door = connected(pond.path);
    const auto refused = door.call("org.example.Pond.Look", json::object());
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().is("PermissionDenied"));
    const auto gone = door.call("org.example.Pond.Look", json::object());
    REQUIRE_FALSE(gone.has_value());
    CHECK(gone.error().why.code == control::codes::lost);
  });
}
