// Servers that stand still, names that are not found, connections that are closed under way.
#include "base/limits.hpp"
#include "integration/interposed.hpp"
#include "integration/wire.hpp"
#include "support/raw_server.hpp"
#include "support/virtual_time.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using test::echo;
using test::raw_server;
using test::request_of;
using transport::knowledge;
namespace why = transport::codes;

namespace {

constexpr milliseconds soon(150);
constexpr milliseconds never(600'000);

void read_and_stand_still(raw_server::connection& c) {
  (void)c.read_request();
  c.wait_for_the_end();
}

}  // namespace

TEST_CASE("no first byte in its time is an ambiguous timeout") {
  raw_server server(read_and_stand_still);
  test::wire wire;
  for (const char* body : {static_cast<const char*>(nullptr), "{}"}) {
    auto what = request_of("POST", server.url(), body);
    what.first_byte_timeout = soon;
    what.stall_timeout = never;
    const auto got = wire.ask(wire.open(), std::move(what));
    CHECK(got.what == knowledge::ambiguous);
    CHECK(got.failure.code == why::timeout);
    CHECK(got.failure.message.find("no reply within 150ms") != std::string::npos);
    CHECK(got.took >= soon);
  }
}

TEST_CASE("a reply that stands still in its body is an ambiguous timeout") {
  raw_server server([](raw_server::connection& c) {
    (void)c.read_request();
    c.send("HTTP/1.1 201 OK\r\nContent-Length: 10\r\n\r\nhalf");
    c.wait_for_the_end();
  });
  test::wire wire;
  auto what = request_of("POST", server.url(), "{}");
  what.first_byte_timeout = never;
  what.stall_timeout = soon;
  const auto got = wire.ask(wire.open(), std::move(what));
  CHECK(got.what == knowledge::ambiguous);
  CHECK(got.failure.code == why::timeout);
  CHECK(got.reply.status == 201);
  CHECK(got.failure.message.find("stood still") != std::string::npos);
}

TEST_CASE("a reply that drips without an end is an ambiguous timeout") {
  raw_server server([](raw_server::connection& c) {
    (void)c.read_request();
    c.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (c.send("1\r\nx\r\n")) {
    }
  });
  test::wire wire;
  auto what = request_of("POST", server.url(), "{}");
  what.first_byte_timeout = never;
  what.stall_timeout = never;
  what.reply_timeout = soon;
  const auto got = wire.ask(wire.open(), std::move(what));
  CHECK(got.what == knowledge::ambiguous);
  CHECK(got.failure.code == why::timeout);
  CHECK(got.failure.message.find("the reply was not whole within 150ms") != std::string::npos);
  CHECK(got.took >= soon);
}

TEST_CASE("a server that does not take the body is an ambiguous timeout") {
  test::listener deaf;  // the kernel takes the connection and its buffers' worth, nobody reads
  test::wire wire;
  auto what = request_of("POST", "http://127.0.0.1:" + std::to_string(deaf.port()) + "/");
  what.body = std::make_shared<const std::string>(std::size_t{32} << 20, 'x');
  what.first_byte_timeout = never;
  what.stall_timeout = soon;
  const auto got = wire.ask(wire.open(), std::move(what));
  CHECK(got.what == knowledge::ambiguous);
  CHECK(got.failure.code == why::timeout);
  CHECK(got.failure.message.find("took no byte") != std::string::npos);
}

TEST_CASE("a name that does not exist means that nothing was sent") {
  test::wire wire;
  const auto got = wire.ask(wire.open(), request_of("POST", "http://nowhere.invalid/", "{}"));
  CHECK(got.what == knowledge::not_sent);
  CHECK(got.failure.code == why::resolve);
  CHECK(got.failure.message.find("nowhere.invalid") != std::string::npos);
  CHECK(wire.loop->lookups_left_behind() == 0);
}

TEST_CASE("a name that is looked up for ever ends in its time, and the thread left behind is counted") {
  const test::slow_lookups slow;  // ends after the wire: the lookup outlives the whole exchange
  test::wire wire;
  auto what = request_of("POST", "http://slow.test/", "{}");
  what.connect_timeout = soon;
  const auto got = wire.ask(wire.open(), std::move(what));
  CHECK(got.what == knowledge::not_sent);
  CHECK(got.failure.code == why::timeout);
  CHECK(wire.loop->lookups_left_behind() == 1);
}

TEST_CASE("closing during a lookup does not wait for it") {
  const test::slow_lookups slow;
  test::wire wire;
  auto& target = wire.open();
  const auto pending = wire.begin(target, request_of("POST", "http://slow.test/", "{}"));
  wire.until([&] { return target.in_flight() == 1; });
  wire.io.poll();
  target.close();
  wire.until([&] { return pending->has_value(); });
  CHECK((*pending)->what == knowledge::not_sent);
  CHECK((*pending)->failure.code == why::closed);
}

TEST_CASE("too many lookups left behind refuse new requests instead of making more") {
  const test::slow_lookups slow;
  test::wire wire;
  auto& target = wire.open();
  std::vector<test::wire::pending> all;
  for (std::size_t i = 0; i < limits::lookup_threads_left; ++i) {
    auto what = request_of("GET", "http://slow.test/");
    what.connect_timeout = soon;
    all.push_back(wire.begin(target, std::move(what)));
  }
  wire.until_all(all);
  CHECK(wire.loop->lookups_left_behind() == limits::lookup_threads_left);
  const auto got = wire.ask(wire.open(), request_of("GET", "http://slow.test/"));
  CHECK(got.what == knowledge::not_sent);
  CHECK(got.failure.code == why::busy);
}

TEST_CASE("closing under way ends every exchange at once, and the next request opens anew") {
  raw_server server([](raw_server::connection& c) {
    while (const auto asked = c.read_request()) {
      if (asked->head.starts_with("GET /now")) {
        c.send(test::reply(200, "{}"));
      } else {
        c.wait_for_the_end();
      }
    }
  });
  test::wire wire;
  auto& target = wire.open();
  std::vector<test::wire::pending> all;
  for (int i = 0; i < 20; ++i) all.push_back(wire.begin(target, request_of("POST", server.url(), "{}")));
  // Every request is at the server before it is cut.
  while (server.count("POST") < 20) wire.io.run_one_for(milliseconds(5));
  target.close();
  wire.until_all(all);
  for (const auto& one : all) {
    REQUIRE(one->has_value());
    CHECK((*one)->what == knowledge::ambiguous);
    CHECK((*one)->failure.code == why::closed);
  }
  CHECK_FALSE(target.is_open());
  CHECK(wire.ask(target, request_of("GET", server.url("/now"))).what == knowledge::answered);
}

TEST_CASE("closing before the connection stands means that nothing was sent") {
  test::listener deaf;  // accepts nothing; TLS never begins
  test::wire wire;
  auto& target = wire.open();
  const auto pending =
      wire.begin(target, request_of("POST", "https://127.0.0.1:" + std::to_string(deaf.port()) + "/", "{}"));
  while (!deaf.has_caller()) wire.io.run_one_for(milliseconds(5));
  wire.io.poll();
  target.close();
  wire.until([&] { return pending->has_value(); });
  CHECK((*pending)->what == knowledge::not_sent);
  CHECK((*pending)->failure.code == why::closed);
}

TEST_CASE("closing before curl had its first turn means that nothing was sent") {
  raw_server server(read_and_stand_still);
  test::wire wire;
  auto& target = wire.open();
  const auto pending = wire.begin(target, request_of("POST", server.url(), "{}"));
  while (!target.is_open()) wire.io.run_one();
  target.close();
  wire.until([&] { return pending->has_value(); });
  CHECK((*pending)->what == knowledge::not_sent);
  CHECK((*pending)->failure.code == why::closed);
  CHECK(server.requests().empty());
}

TEST_CASE("a handshake that never ends is a timeout with nothing sent") {
  raw_server server([](raw_server::connection& c) { c.wait_for_the_end(); });
  test::wire wire;
  auto what = request_of("POST", "https://127.0.0.1:" + std::to_string(server.port()) + "/", "{}");
  what.connect_timeout = soon;
  const auto got = wire.ask(wire.open(), std::move(what));
  CHECK(got.what == knowledge::not_sent);
  CHECK(got.failure.code == why::timeout);
}

TEST_CASE("500 at once, every second one cut: each is answered or ambiguous, none is lost or doubled") {
  raw_server server([](raw_server::connection& c) {
    while (const auto asked = c.read_request()) {
      if (asked->head.starts_with("POST /cut")) return;
      c.send(test::reply(200, asked->body));
    }
  });
  test::wire wire;
  auto& target = wire.open();
  std::vector<test::wire::pending> all;
  for (int i = 0; i < 500; ++i) {
    const std::string id = std::to_string(i);
    const bool cut = i % 2 == 1;
    auto what = request_of("POST", server.url((cut ? "/cut/" : "/keep/") + id), id.c_str());
    what.connect_timeout = seconds(60);
    all.push_back(wire.begin(target, std::move(what)));
  }
  wire.until_all(all);
  for (int i = 0; i < 500; ++i) {
    const auto& got = **all[i];
    if (i % 2 == 1) {
      CHECK(got.what == knowledge::ambiguous);
    } else {
      CHECK(got.what == knowledge::answered);
      CHECK(got.reply.body == std::to_string(i));
    }
  }
  CHECK(server.requests().size() == 500);
  CHECK(target.totals().requests == 500);
}

TEST_CASE("500 at once, all closed under way") {
  raw_server server(read_and_stand_still);
  test::wire wire;
  auto& target = wire.open();
  std::vector<test::wire::pending> all;
  for (int i = 0; i < 500; ++i) all.push_back(wire.begin(target, request_of("POST", server.url(), "{}")));
  while (server.requests().size() < 100) wire.io.run_one_for(milliseconds(5));
  target.close();
  wire.until_all(all);
  for (const auto& one : all) CHECK((*one)->failure.code == why::closed);
}

TEST_CASE("the longest idle client gives its place, a busy one does not") {
  raw_server server([](raw_server::connection& c) {
    while (const auto asked = c.read_request()) {
      if (asked->head.starts_with("GET /wait")) c.wait_for_the_end();
      c.send(test::reply(200, "{}"));
    }
  });
  test::wire wire(2);
  auto& first = wire.open();
  auto& second = wire.open();
  auto& third = wire.open();
  CHECK(wire.ask(first, request_of("GET", server.url())).what == knowledge::answered);
  CHECK(wire.ask(second, request_of("GET", server.url())).what == knowledge::answered);
  CHECK(wire.ask(first, request_of("GET", server.url())).what == knowledge::answered);
  CHECK(wire.ask(third, request_of("GET", server.url())).what == knowledge::answered);
  CHECK(first.is_open());
  CHECK_FALSE(second.is_open());
  CHECK(wire.loop->clients() == 2);

  const auto one = wire.begin(first, request_of("GET", server.url("/wait")));
  const auto other = wire.begin(third, request_of("GET", server.url("/wait")));
  while (server.count("GET /wait") < 2) wire.io.run_one_for(milliseconds(5));
  const auto got = wire.ask(second, request_of("POST", server.url(), "{}"));
  CHECK(got.what == knowledge::not_sent);
  CHECK(got.failure.code == why::busy);
}

TEST_CASE("a set of connections that curl gives up is ended honestly and built anew") {
  raw_server server([](raw_server::connection& c) {
    while (const auto asked = c.read_request()) {
      if (asked->head.starts_with("POST /wait")) c.wait_for_the_end();
      c.send(test::reply(200, "{}"));
    }
  });
  test::wire wire;
  auto& target = wire.open();
  const auto under_way = wire.begin(target, request_of("POST", server.url("/wait"), "{}"));
  while (server.count("POST /wait") < 1) wire.io.run_one_for(milliseconds(5));
  {
    const test::refusing_epoll refusing;
    const auto got = wire.ask(target, request_of("POST", server.url(), "{}"));
    CHECK(got.what == knowledge::not_sent);
    wire.until([&] { return under_way->has_value(); });
  }
  CHECK((*under_way)->what == knowledge::ambiguous);
  CHECK(wire.log.lines.size() == 1);
  CHECK(wire.ask(target, request_of("POST", server.url(), "{}")).what == knowledge::answered);
}

TEST_CASE("connections are closed after a minute without a request, and not before") {
  raw_server server(echo);
  test::virtual_time time;
  no_log log;
  auto loop = transport::curl_loop::make(time.loop(), time, time, log, {}).value();
  transport::curl_transport target(*loop, test::wire::plaintext());
  const auto ask = [&] {
    bool done = false;
    time.spawn([](transport::curl_transport& on, transport::request what, bool& out) -> task<> {
      (void)co_await on.perform(std::move(what));
      out = true;
    }(target, request_of("GET", server.url()), done));
    while (!done) {
      time.advance(milliseconds(1));
      time.loop().run_one_for(milliseconds(1));
    }
  };
  ask();
  time.advance(seconds(59));
  CHECK(target.is_open());
  ask();
  time.advance(seconds(59));
  CHECK(target.is_open());
  CHECK(server.connections() == 1);
  time.advance(seconds(2));
  CHECK_FALSE(target.is_open());
  CHECK(loop->clients() == 0);
  loop->close();
  time.run();
}
