// TLS that is none, is cut off, or is not to be trusted: nothing of a request leaves before the handshake is done.
#include "integration/misbehaving.hpp"
#include "integration/tls_pipe.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using test::raw_server;
using transport::knowledge;
namespace why = transport::codes;

namespace {

struct tls_case {
  transport::outcome ask(int port, const test::verb& one, const std::string& host = "127.0.0.1") {
    transport::curl_options options;
    options.tls.ca = files.path("ca.pem");
    return wire.ask(wire.open(options), test::request_of(one, "https://" + host + ":" + std::to_string(port) + "/"));
  }
  void check_refused(int port, const std::string& host = "127.0.0.1") {
    for (const auto& one : test::every_verb) {
      const auto got = ask(port, one, host);
      INFO(test::shown(got));
      CHECK(got.what == knowledge::not_sent);
      CHECK(got.failure.code == why::tls);
    }
  }

  test::certificates files;
  test::wire wire;
};

// A TLS record.
std::string record(char kind, std::string_view payload) {
  return std::string{kind, 3, 1, static_cast<char>(payload.size() >> 8), static_cast<char>(payload.size() & 0xff)} +
         std::string(payload);
}

// The server's first words: this version, a random, no session, one cipher, no compression.
std::string server_hello(char minor_version) {
  const std::string body = std::string{3, minor_version} + std::string(32, 'r') + std::string("\x00\xc0\x2f\x00", 4);
  return record(22, std::string{2, 0, 0, static_cast<char>(body.size())} + body);
}

}  // namespace

TEST_CASE_FIXTURE(tls_case, "a certificate that is over, for another name, or its own authority is refused") {
  raw_server server(test::echo);
  files.issue("over", "IP:127.0.0.1", -1);
  files.issue("elsewhere", "DNS:api.example,IP:127.0.0.2");
  for (const char* shown : {"over", "elsewhere", "other"}) {  // the last signed itself
    INFO(shown);
    const test::tls_pipe pipe(files, server.port(), "http/1.1", shown);
    check_refused(pipe.port());
  }
  const test::tls_pipe fine(files, server.port(), "http/1.1");
  check_refused(fine.port(), "localhost");
  CHECK(server.requests().empty());
  CHECK(ask(fine.port(), test::with_body).what == knowledge::answered);
}

TEST_CASE_FIXTURE(tls_case, "a handshake that is cut off or is none is refused") {
  const std::string hello = server_hello(3);
  const std::string words[] = {
      "",
      hello.substr(0, 3),
      hello.substr(0, 20),
      hello,
      hello + hello,
      record(21, std::string{2, 40}),  // handshake failure
      record(21, std::string{2, 70}),  // protocol version
      record(22, std::string(16'000, 'x')),
      std::string(100'000, '\0'),
      test::reply(400, "plain"),
      server_hello(1),  // TLS 1.0
      server_hello(2),  // TLS 1.1
  };
  for (const auto& said : words) {
    raw_server server([&](raw_server::connection& c) {
      (void)c.read_bytes(100);
      c.send(said);
    });
    INFO(said.substr(0, 8));
    check_refused(server.port());
    CHECK(server.connections() == 4);
  }
}

TEST_CASE_FIXTURE(tls_case, "a handshake that is reset is refused") {
  for (const std::string& said : {std::string(), server_hello(3)}) {
    raw_server server([&](raw_server::connection& c) {
      (void)c.read_bytes(100);
      c.send(said);
      c.reset();
    });
    check_refused(server.port());
  }
}

TEST_CASE_FIXTURE(tls_case, "a TLS connection that ends after the request makes it ambiguous") {
  for (const bool hard : {false, true})
    for (const auto& one : test::every_verb) {
      raw_server server([hard](raw_server::connection& c) {
        (void)c.read_request();
        if (hard) c.reset();
      });
      const test::tls_pipe pipe(files, server.port(), "http/1.1");
      const auto got = ask(pipe.port(), one);
      INFO(test::shown(got));
      CHECK(got.what == knowledge::ambiguous);
      CHECK(got.failure.code == why::broken);
      CHECK(server.count(one.method) == 1);
    }
}

TEST_CASE_FIXTURE(tls_case, "a body without a length that TLS does not end is cut off, not over") {
  raw_server server([](raw_server::connection& c) {
    (void)c.read_request();
    c.send("HTTP/1.1 200 OK\r\n\r\nhalf");
    c.reset();
  });
  const test::tls_pipe pipe(files, server.port(), "http/1.1");
  const auto got = ask(pipe.port(), test::with_body);
  INFO(test::shown(got));
  CHECK(got.what == knowledge::ambiguous);
  CHECK(got.failure.code == why::broken);
}
