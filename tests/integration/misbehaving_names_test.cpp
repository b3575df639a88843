// Names that are not found, not yet found, or looked up for ever.
#include "base/limits.hpp"
#include "integration/interposed.hpp"
#include "integration/misbehaving.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using test::raw_server;
using transport::knowledge;
namespace why = transport::codes;

namespace {

struct name_case {
  test::wire wire;
};

std::string named(const char* host, const raw_server& server) {
  return "http://" + std::string(host) + ":" + std::to_string(server.port()) + "/";
}

}  // namespace

TEST_CASE_FIXTURE(name_case, "a name that is not found, for good or for now, means that nothing was sent") {
  for (const char* host : {"nowhere.invalid", "slow.test"})  // the second: try again
    for (const auto& one : test::every_verb) {
      const auto got = wire.ask(wire.open(), test::request_of(one, "http://" + std::string(host) + "/"));
      INFO(test::shown(got));
      CHECK(got.what == knowledge::not_sent);
      CHECK(got.failure.code == why::resolve);
      CHECK(got.failure.message.find(host) != std::string::npos);
    }
  CHECK(wire.loop->lookups_left_behind() == 0);
}

TEST_CASE_FIXTURE(name_case, "a name that is not found costs the target nothing for the next request") {
  raw_server server(test::echo);
  auto& target = wire.open();
  for (int i = 0; i < 3; ++i) {
    CHECK(wire.ask(target, test::request_of(test::with_body, named("nowhere.invalid", server))).what ==
          knowledge::not_sent);
    CHECK(wire.ask(target, test::request_of(test::with_body, named("localhost", server))).what == knowledge::answered);
  }
  CHECK(server.requests().size() == 3);
  CHECK(server.connections() == 1);
}

TEST_CASE("a lookup that hangs holds up neither its own target's other requests nor another target's") {
  raw_server server(test::echo);
  const test::slow_lookups slow;  // ends after the wire
  test::wire wire;
  auto& target = wire.open();
  cancellation stop;
  auto what = test::request_of(test::with_body, named("slow.test", server));
  what.connect_timeout = seconds(600);
  what.stop = &stop;
  const auto hanging = wire.begin(target, std::move(what));
  for (auto* other : {&target, &wire.open()})
    for (const auto& one : test::every_verb)
      CHECK(wire.ask(*other, test::request_of(one, server.url())).what == knowledge::answered);
  CHECK_FALSE(hanging->has_value());
  stop.request();
  wire.until_all({hanging});
  CHECK((*hanging)->what == knowledge::not_sent);
  CHECK((*hanging)->failure.code == why::closed);
  CHECK(wire.loop->lookups_left_behind() == 1);
}

TEST_CASE("a lookup that hung and ended later is nobody's, and the next one counts") {
  test::wire wire;
  auto& target = wire.open();
  {
    const test::slow_lookups slow;
    const auto got = wire.ask(target, test::hasty(test::request_of(test::with_body, "http://slow.test/")));
    CHECK(got.what == knowledge::not_sent);
    CHECK(got.failure.code == why::timeout);
  }
  const auto got = wire.ask(target, test::request_of(test::with_body, "http://slow.test/"));
  INFO(test::shown(got));
  CHECK(got.what == knowledge::not_sent);
  CHECK(got.failure.code == why::resolve);
}
