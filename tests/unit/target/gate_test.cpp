#include "target/gate.hpp"
#include "queue_bench.hpp"
#include "support/shown_result.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using target::gate;

namespace {

// One request that stays in flight until it is ended.
struct visit {
  cancellation cancel;
  std::optional<result<target::permit>> turn;
};

task<> enter(gate& door, target::errand what, visit& of) { of.turn = co_await door.enter(std::move(what), of.cancel); }

target::reply_words passed() {
  target::reply_words out;
  out.request.how = target::meter::reply::kind::passed;
  return out;
}

class bench : public test::queue_bench {
 public:
  std::unique_ptr<target::share> budget = join("k");
  gate door{time, time, 2};

  void send(visit& of, std::string target = "shop", std::string lane = "job") {
    time.spawn(enter(door, errand(std::move(target), std::move(lane), *budget), of));
    time.run();
  }
  void end(visit& of) {
    const target::reply_words nothing = passed();
    door.leave(**of.turn, nothing);
    time.run();
  }
};

}  // namespace

TEST_CASE("a request waits at the gate until another one ends") {
  bench at;
  visit a, b, c;
  at.send(a);
  at.send(b);
  at.send(c);
  CHECK(a.turn.has_value());
  CHECK(b.turn.has_value());
  CHECK_FALSE(c.turn.has_value());
  CHECK(at.door.queued() == 1);
  CHECK(at.time.armed() == 0);  // nothing but a reply can help
  at.end(a);
  REQUIRE(c.turn.has_value());
  CHECK(c.turn->has_value());
  at.end(b);
  at.end(c);
  CHECK(at.door.in_flight() == 0);
}

TEST_CASE("a cancelled request leaves the queue at once and takes nothing from the bucket") {
  bench at;
  at.door.pause("shop");
  visit a;
  at.send(a);
  CHECK(at.door.queued() == 1);
  a.cancel.request();
  CHECK(at.door.queued() == 0);
  at.time.run();
  REQUIRE(a.turn.has_value());
  CHECK(a.turn->error().code == codes::cancelled);

  visit late;
  late.cancel.request();
  at.send(late);
  CHECK(late.turn->error().code == codes::cancelled);
  at.door.resume("shop");
  CHECK(at.budget->payer()->of(spec::rate_limiter::api).on_the_wire() == 0);
}

TEST_CASE("a request cancelled in the moment its turn came gives the turn back") {
  bench at;
  visit a, b, c, d;
  at.send(a);
  at.send(b);
  at.send(c);
  at.send(d);
  const target::reply_words nothing = passed();
  at.door.leave(**a.turn, nothing);  // c's turn now, but it has not run yet
  c.cancel.request();
  at.time.run();
  CHECK(c.turn->error().code == codes::cancelled);
  REQUIRE(d.turn.has_value());
  CHECK(d.turn->has_value());
  CHECK(at.door.in_flight() == 2);
  at.end(b);
  at.end(d);
}

TEST_CASE("one timer waits for tokens, and none while nobody needs it") {
  bench at;
  at.tell(*at.budget, 0, seconds(10));
  CHECK(at.time.armed() == 0);
  visit a, b;
  at.send(a);
  at.send(b);
  CHECK(at.time.armed() == 1);
  at.time.advance(seconds(12));
  REQUIRE(a.turn.has_value());
  CHECK_FALSE(b.turn.has_value());
  b.cancel.request();
  at.time.run();
  CHECK(at.time.armed() == 0);
  at.end(a);
}

TEST_CASE("those who wait for tokens leave no timer behind when they are cancelled") {
  bench at;
  at.tell(*at.budget, 0, seconds(10));
  visit a;
  at.send(a);
  CHECK(at.time.armed() == 1);
  a.cancel.request();
  at.time.run();
  CHECK(at.time.armed() == 0);
}

TEST_CASE("a closed gate ends every wait and lets nobody in") {
  bench at;
  visit a, b, c, d;
  at.send(a);
  at.send(b);
  at.send(c);
  at.door.close();
  at.time.run();
  CHECK(c.turn->error().code == codes::stopped);
  at.send(d);
  CHECK(d.turn->error().code == codes::stopped);
  at.end(a);  // what is on the wire may still end
  at.end(b);
  CHECK(at.door.in_flight() == 0);
  CHECK(at.time.armed() == 0);
}
