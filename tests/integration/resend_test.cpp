// A mutation reaches the server once, whatever happens to its connection.
#include "integration/wire.hpp"
#include "support/raw_server.hpp"

#include <doctest/doctest.h>
#include <boost/asio/detached.hpp>

using namespace triggerd;
using test::raw_server;
using test::request_of;
using transport::knowledge;
namespace why = transport::codes;

namespace {

// The first connection answers one request and dies under the second; later ones answer all.
void die_when_reused(raw_server::connection& c) {
  for (int i = 0; c.read_request(); ++i) {
    if (c.number == 0 && i == 1) return;
    c.send(test::reply(200, "{}"));
  }
}

// Every connection reads one request and dies.
void die_at_once(raw_server::connection& c) { (void)c.read_request(); }

struct mutation {
  const char* method;
  const char* body;
  bool chunked;
  bool repeatable = false;
};
constexpr mutation mutations[] = {
    {"POST", "{\"x\":1}", false}, {"POST", "{\"x\":1}\n", true}, {"POST", nullptr, false}, {"POST", "", false},
    {"DELETE", nullptr, false},   {"PUT", "{}", false},          {"PATCH", "{}", false},   {"POST", "{}", false, true},
};

transport::request request_of(const mutation& one, std::string url) {
  auto what = test::request_of(one.method, std::move(url), one.body);
  what.chunked = one.chunked;
  what.repeatable = one.repeatable;
  return what;
}

}  // namespace

TEST_CASE("a mutation on a fresh connection that dies is sent once and ambiguous") {
  for (const auto& one : mutations) {
    raw_server server(die_at_once);
    test::wire wire;
    const auto got = wire.ask(wire.open(), request_of(one, server.url()));
    CHECK(got.what == knowledge::ambiguous);
    CHECK(got.failure.code == why::broken);
    CHECK(server.requests().size() == 1);
  }
}

TEST_CASE("a mutation on a reused connection that dies is never sent twice") {
  for (const auto& one : mutations) {
    CAPTURE(one.method);
    raw_server server(die_when_reused);
    test::wire wire;
    auto& target = wire.open();
    CHECK(wire.ask(target, request_of("GET", server.url())).what == knowledge::answered);
    const auto got = wire.ask(target, request_of(one, server.url()));
    CHECK(server.count(one.method) == 1);
    if (one.body && *one.body) {  // it went over the connection that died
      CHECK(got.what == knowledge::ambiguous);
      CHECK(got.failure.code == why::resend_refused);
    } else {  // it had a connection of its own
      CHECK(got.what == knowledge::answered);
      CHECK(server.connections() == 2);
    }
  }
}

TEST_CASE("a read on a reused connection that dies may be repeated") {
  raw_server server(die_when_reused);
  test::wire wire;
  auto& target = wire.open();
  CHECK(wire.ask(target, request_of("GET", server.url())).what == knowledge::answered);
  const auto got = wire.ask(target, request_of("GET", server.url()));
  CHECK(got.what == knowledge::answered);
  CHECK(server.count("GET") == 3);
}

TEST_CASE("a read with a body is repeated whole") {
  raw_server server(die_when_reused);
  test::wire wire;
  auto& target = wire.open();
  CHECK(wire.ask(target, request_of("GET", server.url())).what == knowledge::answered);
  auto what = request_of("POST", server.url(), "{\"query\":true}");
  what.mutation = false;
  CHECK(wire.ask(target, std::move(what)).what == knowledge::answered);
  const auto seen = server.requests();
  REQUIRE(seen.size() == 3);
  CHECK(seen[2].body == "{\"query\":true}");
}

TEST_CASE("a refused second attempt does not make the first one unsent") {
  // curl repeats a read on a new connection, which is refused: the code then says "could not connect".
  raw_server server([](raw_server::connection& c) {
    for (int i = 0; c.read_request(); ++i) {
      if (i == 1) {
        c.stop_listening();
        return;
      }
      c.send(test::reply(200, "{}"));
    }
  });
  test::wire wire;
  auto& target = wire.open();
  CHECK(wire.ask(target, request_of("GET", server.url())).what == knowledge::answered);
  const auto got = wire.ask(target, request_of("GET", server.url()));
  CHECK(got.native_code == 7);
  CHECK(got.what == knowledge::ambiguous);
}

namespace {

// A read, or what is repeated without harm: all of it goes out at once.
task<> ask_again_and_again(transport::curl_transport& on, std::string url, const char* body, int times, int& answered) {
  for (int i = 0; i < times; ++i) {
    transport::request what = test::request_of(body == nullptr ? "GET" : "POST", url, body);
    what.repeatable = true;
    const auto got = co_await on.perform(std::move(what));
    if (got.what == knowledge::answered) ++answered;
  }
}

}  // namespace

// One request ends and the next begins in the same call of libcurl, which hands the connection on within it.
TEST_CASE("a connection that goes from one request straight to the next is not taken for an idle one") {
  constexpr int at_once = 16;
  constexpr int times = 100;
  for (const char* body : {static_cast<const char*>(nullptr), "{}"}) {
    raw_server server(test::echo);
    test::wire wire;
    auto& target = wire.open();
    int answered = 0;
    for (int i = 0; i < at_once; ++i)
      asio::co_spawn(wire.io, ask_again_and_again(target, server.url(), body, times, answered), asio::detached);
    wire.until([&] { return answered == at_once * times; });
    CHECK(server.requests().size() == at_once * times);
    CHECK(server.connections() <= at_once);
  }
}
