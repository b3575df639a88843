#include "transport/patience.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using transport::patience;

namespace {

constexpr patience::times allowed{milliseconds(100), milliseconds(2'000), milliseconds(30'000), milliseconds(100'000)};
steady_time at(int milliseconds_in) { return steady_time(milliseconds(milliseconds_in)); }

}  // namespace

TEST_CASE("while connecting, curl has its time and a second more to say what went wrong") {
  const patience waits(allowed, at(5));
  CHECK(waits.now_in() == patience::phase::connecting);
  CHECK(waits.deadline() == at(5 + 100 + 1'000));
}

TEST_CASE("a request without a body waits for the first byte from its start") {
  patience waits(allowed, at(0));
  waits.began(at(50), false);
  CHECK(waits.now_in() == patience::phase::waiting);
  CHECK(waits.deadline() == at(50 + 2'000));
}

TEST_CASE("every piece of the body moves the deadline, and the last one starts the wait for a reply") {
  patience waits(allowed, at(0));
  waits.began(at(50), true);
  CHECK(waits.now_in() == patience::phase::sending);
  CHECK(waits.deadline() == at(50 + 30'000));
  waits.sent_some(at(60), false);
  CHECK(waits.deadline() == at(60 + 30'000));
  waits.sent_some(at(70), true);
  CHECK(waits.now_in() == patience::phase::waiting);
  CHECK(waits.deadline() == at(70 + 2'000));
}

TEST_CASE("an interim line moves the deadline but not the phase") {
  patience waits(allowed, at(0));
  waits.began(at(0), false);
  waits.interim(at(1'500));
  CHECK(waits.now_in() == patience::phase::waiting);
  CHECK(waits.deadline() == at(1'500 + 2'000));
}

TEST_CASE("a reply may stand still as long as a stall lasts, from its last byte") {
  patience waits(allowed, at(0));
  waits.began(at(0), false);
  waits.received(at(10));
  CHECK(waits.now_in() == patience::phase::receiving);
  CHECK(waits.deadline() == at(10 + 30'000));
  waits.received(at(900));
  CHECK(waits.deadline() == at(900 + 30'000));
}

TEST_CASE("a body that goes on after an early reply does not bring the wait for a reply back") {
  patience waits(allowed, at(0));
  waits.began(at(0), true);
  waits.received(at(10));
  waits.sent_some(at(20), true);
  CHECK(waits.now_in() == patience::phase::receiving);
  CHECK(waits.deadline() == at(20 + 30'000));
}

TEST_CASE("a second start begins anew") {
  patience waits(allowed, at(0));
  waits.began(at(0), true);
  waits.sent_some(at(10), true);
  waits.began(at(500), true);
  CHECK(waits.now_in() == patience::phase::sending);
  CHECK(waits.deadline() == at(500 + 30'000));
}

TEST_CASE("a reply that drips without an end has one, whatever part of it drips") {
  patience waits(allowed, at(0));
  waits.began(at(0), false);
  bool head = false;
  SUBCASE("its head") { head = true; }
  SUBCASE("its body") {}
  for (int now = 1'000; now <= 100'000; now += 1'000) head ? waits.interim(at(now)) : waits.received(at(now));
  CHECK(waits.deadline() == at(1'000 + 100'000));
  CHECK(waits.drips());
  waits.began(at(100'500), false);  // the next start has its own time
  waits.received(at(100'600));
  CHECK_FALSE(waits.drips());
}

TEST_CASE("what is handed on piece by piece may go on for ever") {
  patience::times stream = allowed;
  stream.reply.reset();
  patience waits(stream, at(0));
  waits.began(at(0), false);
  waits.received(at(1'000));
  waits.received(at(900'000));
  CHECK_FALSE(waits.drips());
  CHECK(waits.deadline() == at(900'000 + 30'000));
}
