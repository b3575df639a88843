// Ordinary exchanges, and the many ways in which a server can fail to give one.
#include "integration/wire.hpp"
#include "support/raw_server.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using test::echo;
using test::raw_server;
using test::request_of;
using transport::knowledge;
namespace why = transport::codes;

TEST_CASE("a reply comes back whole, with repeated headers in order") {
  raw_server server([](raw_server::connection& c) {
    while (c.read_request())
      c.send(test::reply(429, "{\"error\":1}", "X-RateLimit-Limit: 5\r\nx-ratelimit-limit:  7 \r\nempty:\r\n"));
  });
  test::wire wire;
  auto& target = wire.open();
  const auto got = wire.ask(target, request_of("GET", server.url("/api?x=1")));
  CHECK(got.what == knowledge::answered);
  CHECK(got.reply.status == 429);
  CHECK(got.reply.body == "{\"error\":1}");
  const auto limits = got.reply.head.all("x-ratelimit-limit");
  REQUIRE(limits.size() == 2);
  CHECK(limits[0] == "5");
  CHECK(limits[1] == "7");
  CHECK(got.reply.head.first("empty") == "");
  CHECK(got.sent_bytes > 50);
  CHECK(got.received_bytes > 50);
  CHECK(target.totals().requests == 1);
  CHECK(target.totals().connections == 1);
}

TEST_CASE("a request carries what was asked and nothing that curl would invent") {
  raw_server server(echo);
  test::wire wire;
  auto& target = wire.open();
  auto what = request_of("POST", server.url("/a/../b"), "{\"x\":1}");
  what.headers.emplace_back("Content-Type", "application/json");
  what.headers.emplace_back("x-empty", "");
  const auto got = wire.ask(target, std::move(what));
  REQUIRE(got.what == knowledge::answered);
  CHECK(got.reply.body == "{\"x\":1}");
  (void)wire.ask(target, request_of("POST", server.url("/bare")));
  (void)wire.ask(target, request_of("DELETE", server.url("/gone")));
  const auto seen = server.requests();
  REQUIRE(seen.size() == 3);
  CHECK(seen[0].head.starts_with("POST /a/../b HTTP/1.1\r\n"));
  CHECK(seen[0].head.find("Content-Length: 7\r\n") != std::string::npos);
  CHECK(seen[0].head.find("Authorization: Bearer tr_dev_integration\r\n") != std::string::npos);
  CHECK(seen[0].head.find("User-Agent: triggerd/0.0-test\r\n") != std::string::npos);
  CHECK(seen[0].head.find("Accept-Encoding: gzip\r\n") != std::string::npos);
  CHECK(seen[0].head.find("x-empty:") != std::string::npos);
  CHECK(seen[0].head.find("Expect") == std::string::npos);
  CHECK(seen[1].head.find("Content-Length: 0\r\n") != std::string::npos);
  CHECK(seen[1].head.find("Content-Type") == std::string::npos);
  CHECK(seen[2].head.starts_with("DELETE /gone "));
}

TEST_CASE("a chunked body has no length and arrives whole") {
  raw_server server(echo);
  test::wire wire;
  auto what = request_of("POST", server.url(), "{\"a\":1}\n{\"b\":2}\n");
  what.chunked = true;
  const auto got = wire.ask(wire.open(), std::move(what));
  CHECK(got.what == knowledge::answered);
  const auto seen = server.requests();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].head.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
  CHECK(seen[0].head.find("Content-Length") == std::string::npos);
  CHECK(seen[0].body == "10\r\n{\"a\":1}\n{\"b\":2}\n\r\n0\r\n\r\n");
}

TEST_CASE("reads share a connection, a mutation without a body gets its own") {
  raw_server server(echo);
  test::wire wire;
  auto& target = wire.open();
  for (int i = 0; i < 3; ++i) CHECK(wire.ask(target, request_of("GET", server.url())).what == knowledge::answered);
  CHECK(server.connections() == 1);
  CHECK(wire.ask(target, request_of("POST", server.url(), "x")).what == knowledge::answered);
  CHECK(server.connections() == 1);
  CHECK(wire.ask(target, request_of("DELETE", server.url())).what == knowledge::answered);
  CHECK(server.connections() == 2);
}

TEST_CASE("two targets never share a connection") {
  raw_server server(echo);
  test::wire wire;
  CHECK(wire.ask(wire.open(), request_of("GET", server.url())).what == knowledge::answered);
  CHECK(wire.ask(wire.open(), request_of("GET", server.url())).what == knowledge::answered);
  CHECK(server.connections() == 2);
}

TEST_CASE("a reply that comes one byte at a time is whole in the end") {
  raw_server server([](raw_server::connection& c) {
    while (c.read_request())
      for (const char byte : test::reply(200, "slowly", "a: b\r\n")) c.send({&byte, 1});
  });
  test::wire wire;
  const auto got = wire.ask(wire.open(), request_of("GET", server.url()));
  CHECK(got.what == knowledge::answered);
  CHECK(got.reply.body == "slowly");
}

TEST_CASE("interim replies and trailers are not the reply") {
  raw_server server([](raw_server::connection& c) {
    while (c.read_request())
      c.send(
          "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: early\r\n\r\n"
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nkind: final\r\n\r\n2\r\nok\r\n0\r\nkind: trailer\r\n\r\n");
  });
  test::wire wire;
  const auto got = wire.ask(wire.open(), request_of("POST", server.url(), "x"));
  CHECK(got.what == knowledge::answered);
  CHECK(got.reply.status == 200);
  CHECK(got.reply.body == "ok");
  CHECK_FALSE(got.reply.head.first("link"));
  CHECK(got.reply.head.all("kind").size() == 1);
}

TEST_CASE("an early refusal of a large body is an answer") {
  raw_server server([](raw_server::connection& c) {
    (void)c.read_head();
    c.send(test::reply(413, "too big", "Connection: close\r\n"));
    c.wait_for_the_end();
  });
  test::wire wire;
  auto what = request_of("POST", server.url());
  what.body = std::make_shared<const std::string>(std::size_t{8} << 20, 'x');
  const auto got = wire.ask(wire.open(), std::move(what));
  CHECK(got.what == knowledge::answered);
  CHECK(got.reply.status == 413);
}

TEST_CASE("a broken reply is ambiguous, and says how far it came") {
  std::string sent;
  bool hard = false;
  int status = 0;
  SUBCASE("closed without a byte") {}
  SUBCASE("reset without a byte") { hard = true; }
  SUBCASE("closed inside the head") { sent = "HTTP/1.1 200 OK\r\nContent-Le"; }
  SUBCASE("reset inside the head") {
    sent = "HTTP/1.1 200 OK\r\nContent-Le";
    hard = true;
  }
  SUBCASE("closed inside the body") {
    sent = "HTTP/1.1 202 OK\r\nContent-Length: 10\r\n\r\nhalf";
    status = 202;
  }
  SUBCASE("closed inside a chunk") {
    sent = "HTTP/1.1 202 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nhalf";
    status = 202;
  }
  raw_server server([&](raw_server::connection& c) {
    (void)c.read_request();
    c.send(sent);
    if (hard) c.reset();
  });
  test::wire wire;
  for (const char* method : {"GET", "POST", "DELETE"}) {
    const auto got = wire.ask(wire.open(), request_of(method, server.url(), method[0] == 'P' ? "{}" : nullptr));
    CHECK(got.what == knowledge::ambiguous);
    CHECK(got.failure.code == why::broken);
    CHECK(got.reply.status == status);
    CHECK(got.reply.body.empty());
    CHECK(server.count(method) == 1);
  }
}

TEST_CASE("a reset inside the body is ambiguous") {
  raw_server server([](raw_server::connection& c) {
    (void)c.read_request();
    c.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    c.reset();
  });
  test::wire wire;
  const auto got = wire.ask(wire.open(), request_of("POST", server.url(), "{}"));
  CHECK(got.what == knowledge::ambiguous);  // the reset may overtake what was sent before it: the status may be lost
  CHECK(got.failure.code == why::broken);
}

TEST_CASE("what is not HTTP is ambiguous") {
  raw_server server([](raw_server::connection& c) {
    (void)c.read_request();
    c.send("SSH-2.0-OpenSSH_9.2\r\n\r\n");
  });
  test::wire wire;
  const auto got = wire.ask(wire.open(), request_of("POST", server.url(), "{}"));
  CHECK(got.what == knowledge::ambiguous);
  CHECK(got.failure.code == why::protocol);
}

TEST_CASE("more body than announced is cut at the announced length") {
  raw_server server([](raw_server::connection& c) {
    (void)c.read_request();
    c.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and much more");
  });
  test::wire wire;
  auto& target = wire.open();
  CHECK(wire.ask(target, request_of("GET", server.url())).reply.body == "ok");
  CHECK(wire.ask(target, request_of("GET", server.url())).reply.body == "ok");  // not "and much more"
}

TEST_CASE("a reply over its limit is ambiguous and too large") {
  std::string sent;
  SUBCASE("a head of very many lines") {
    sent = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 3'000; ++i) sent += "x-filler-" + std::to_string(i) + ": yes yes yes\r\n";
    sent += "\r\n";
  }
  SUBCASE("a head of one long line") { sent = "HTTP/1.1 200 OK\r\nx: " + std::string(70'000, 'y') + "\r\n\r\n"; }
  SUBCASE("a body") { sent = test::reply(200, std::string(1'001, 'z')); }
  SUBCASE("a body of unknown length") { sent = "HTTP/1.1 200 OK\r\n\r\n" + std::string(100'000, 'z'); }
  raw_server server([&](raw_server::connection& c) {
    (void)c.read_request();
    c.send(sent);
    c.wait_for_the_end();
  });
  test::wire wire;
  auto what = request_of("POST", server.url(), "{}");
  what.most_bytes = 1'000;
  const auto got = wire.ask(wire.open(), std::move(what));
  CHECK(got.what == knowledge::ambiguous);
  CHECK(got.failure.code == why::too_large);
  CHECK(got.reply.body.empty());
}

TEST_CASE("a body exactly at its limit is fine") {
  raw_server server([](raw_server::connection& c) {
    while (c.read_request()) c.send(test::reply(200, std::string(1'000, 'z')));
  });
  test::wire wire;
  auto what = request_of("GET", server.url());
  what.most_bytes = 1'000;
  CHECK(wire.ask(wire.open(), std::move(what)).reply.body.size() == 1'000);
}

TEST_CASE("a refused connection means that nothing was sent") {
  int port = 0;
  {
    test::listener gone;
    port = gone.port();
  }
  test::wire wire;
  const auto got = wire.ask(wire.open(), request_of("POST", "http://127.0.0.1:" + std::to_string(port) + "/", "{}"));
  CHECK(got.what == knowledge::not_sent);
  CHECK(got.failure.code == why::connect);
  CHECK(got.failure.message.find("127.0.0.1:") != std::string::npos);
}

TEST_CASE("what must not reach the wire is refused before it starts") {
  raw_server server(echo);
  test::wire wire;
  auto what = request_of("POST", server.url(), "{}");
  transport::curl_options options = test::wire::plaintext();
  SUBCASE("a header with a line break") { what.headers.emplace_back("x", "a\r\nEvil: yes"); }
  SUBCASE("a header name with a line break") { what.headers.emplace_back("x\r\nEvil", "yes"); }
  SUBCASE("a method with a space") { what.method = "POST /evil"; }
  SUBCASE("a URL with a space") { what.url += " HTTP/1.1"; }
  SUBCASE("a user in the URL") { what.url.replace(0, 7, "http://user:word@"); }
  SUBCASE("plaintext that was not allowed") { options.allow_plaintext = false; }
  SUBCASE("another protocol") { what.url = "file:///etc/hostname"; }
  SUBCASE("an authority file that is not there") { options.tls.ca = "/nonexistent/ca.pem"; }
  const auto got = wire.ask(wire.open(options), std::move(what));
  CHECK(got.what == knowledge::not_sent);
  CHECK(got.failure.code == why::unusable);
  CHECK(got.failure.message.find("word") == std::string::npos);
  CHECK(server.requests().empty());
}

TEST_CASE("the proxy of the environment is never asked, one from the options is") {
  raw_server server(echo);
  raw_server proxy(echo);
  ::setenv("http_proxy", proxy.url().c_str(), 1);
  ::setenv("no_proxy", "*", 1);
  test::wire wire;
  CHECK(wire.ask(wire.open(), request_of("GET", server.url())).what == knowledge::answered);
  CHECK(proxy.requests().empty());
  auto options = test::wire::plaintext();
  options.proxy = proxy.url();
  CHECK(wire.ask(wire.open(options), request_of("GET", server.url("/via"))).what == knowledge::answered);
  CHECK(proxy.count("GET " + server.url("/via")) == 1);
  ::unsetenv("http_proxy");
  ::unsetenv("no_proxy");
}

TEST_CASE("a proxy that refuses the tunnel means that nothing was sent") {
  raw_server proxy([](raw_server::connection& c) {
    (void)c.read_request();
    c.send(test::reply(403, "no"));
  });
  test::wire wire;
  transport::curl_options options;
  options.proxy = proxy.url();
  const auto got = wire.ask(wire.open(options), request_of("POST", "https://api.example/", "{}"));
  CHECK(got.what == knowledge::not_sent);
  CHECK(got.failure.code == why::connect);
  CHECK(proxy.count("CONNECT api.example:443") == 1);
}
