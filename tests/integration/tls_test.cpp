// TLS and HTTP/2, with nghttpx in front of a plain server.
#include "integration/tls_front.hpp"
#include "integration/wire.hpp"
#include "support/raw_server.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using test::echo;
using test::raw_server;
using test::request_of;
using transport::knowledge;
namespace why = transport::codes;

namespace {

const test::certificates& files() {
  static const test::certificates made;
  return made;
}

std::string at(int port, std::string_view path = "/") {
  return "https://127.0.0.1:" + std::to_string(port) + std::string(path);
}

transport::curl_options trusting(transport::http_version version = transport::http_version::automatic) {
  transport::curl_options options;
  options.tls.ca = files().path("ca.pem");
  options.http = version;
  return options;
}

// What nghttpx says it spoke with the client.
bool came_by_http2(const raw_server::seen& asked) {
  return asked.head.find("\r\nVia: 2 nghttpx\r\n") != std::string::npos ||
         asked.head.find("\r\nvia: 2 nghttpx\r\n") != std::string::npos;
}

}  // namespace

TEST_CASE("an authority from the options is accepted, and HTTP/2 is spoken unless the options say otherwise") {
  raw_server server(echo);
  const test::tls_front front(files(), server.port());
  test::wire wire;
  using version = transport::http_version;
  for (const version wanted : {version::automatic, version::http_2, version::http_1_1}) {
    const auto got = wire.ask(wire.open(trusting(wanted)), request_of("POST", at(front.port()), "{}"));
    CHECK(got.what == knowledge::answered);
    CHECK(got.reply.status == 200);
    CHECK(got.reply.body == "{}");
    CHECK(came_by_http2(server.requests().back()) == (wanted != version::http_1_1));
  }
}

TEST_CASE("a chunked body arrives whole over HTTP/2 too") {
  raw_server server(echo);
  const test::tls_front front(files(), server.port());
  test::wire wire;
  auto what = request_of("POST", at(front.port()), "{\"a\":1}\n");
  what.chunked = true;
  CHECK(wire.ask(wire.open(trusting()), std::move(what)).what == knowledge::answered);
  CHECK(server.requests().at(0).body == "8\r\n{\"a\":1}\n\r\n0\r\n\r\n");
}

TEST_CASE("an unknown authority is refused and nothing is sent") {
  raw_server server(echo);
  const test::tls_front front(files(), server.port());
  test::wire wire;
  auto options = trusting();
  SUBCASE("another authority in the options") { options.tls.ca = files().path("other.pem"); }
  SUBCASE("the system's authorities") { options.tls.ca.clear(); }
  const auto got = wire.ask(wire.open(options), request_of("POST", at(front.port()), "{}"));
  CHECK(got.what == knowledge::not_sent);
  CHECK(got.failure.code == why::tls);
  CHECK(server.requests().empty());
}

TEST_CASE("the targets' authorities do not leak into one another") {
  raw_server server(echo);
  const test::tls_front front(files(), server.port());
  test::wire wire;
  CHECK(wire.ask(wire.open(trusting()), request_of("GET", at(front.port()))).what == knowledge::answered);
  auto system = trusting();
  system.tls.ca.clear();
  CHECK(wire.ask(wire.open(system), request_of("GET", at(front.port()))).failure.code == why::tls);
  CHECK(wire.ask(wire.open(trusting()), request_of("GET", at(front.port()))).what == knowledge::answered);
}

TEST_CASE("a certificate for another name is refused") {
  raw_server server(echo);
  const test::tls_front front(files(), server.port());
  test::wire wire;
  const auto url = "https://localhost:" + std::to_string(front.port()) + "/";
  const auto got = wire.ask(wire.open(trusting()), request_of("POST", url, "{}"));
  CHECK(got.what == knowledge::not_sent);
  CHECK(got.failure.code == why::tls);
}

TEST_CASE("a client certificate is shown where the server asks for one") {
  raw_server server(echo);
  const test::tls_front front(files(), server.port(),
                              {"--verify-client", "--verify-client-cacert=" + files().path("ca.pem"),
                               "--tls-max-proto-version=TLSv1.2"});  // with 1.3 the refusal comes after our first bytes
  test::wire wire;
  auto options = trusting();
  const auto without = wire.ask(wire.open(options), request_of("POST", at(front.port()), "{}"));
  CHECK(without.what == knowledge::not_sent);
  CHECK(without.failure.code == why::tls);
  options.tls.cert = files().path("client.pem");
  options.tls.key = files().path("client.key");
  CHECK(wire.ask(wire.open(options), request_of("POST", at(front.port()), "{}")).what == knowledge::answered);
  options.tls.key = files().path("server.key");
  const auto mismatched = wire.ask(wire.open(options), request_of("POST", at(front.port()), "{}"));
  CHECK(mismatched.what == knowledge::not_sent);
  CHECK(mismatched.failure.code == why::unusable);
}

TEST_CASE("a server below the least TLS version is refused") {
  raw_server server(echo);
  const test::tls_front front(files(), server.port(), {"--tls-max-proto-version=TLSv1.2"});
  test::wire wire;
  auto options = trusting();
  CHECK(wire.ask(wire.open(options), request_of("GET", at(front.port()))).what == knowledge::answered);
  options.tls.min_version = "1.3";
  const auto got = wire.ask(wire.open(options), request_of("POST", at(front.port()), "{}"));
  CHECK(got.what == knowledge::not_sent);
  CHECK(got.failure.code == why::tls);
}

TEST_CASE("a server that does not speak TLS is a failed handshake") {
  raw_server server([](raw_server::connection& c) {
    c.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    c.wait_for_the_end();
  });
  test::wire wire;
  const auto got = wire.ask(wire.open(trusting()), request_of("POST", at(server.port()), "{}"));
  CHECK(got.what == knowledge::not_sent);
  CHECK(got.failure.code == why::tls);
}

TEST_CASE("many requests share few HTTP/2 connections") {
  raw_server server(echo);
  const test::tls_front front(files(), server.port());
  const test::relay relay(front.port());
  test::wire wire;
  auto& target = wire.open(trusting(transport::http_version::http_2));
  std::vector<test::wire::pending> all;
  for (int i = 0; i < 100; ++i) {
    auto what = request_of("POST", at(relay.port()), std::to_string(i).c_str());
    what.connect_timeout = seconds(60);
    all.push_back(wire.begin(target, std::move(what)));
  }
  wire.until_all(all);
  for (int i = 0; i < 100; ++i) CHECK((*all[i])->reply.body == std::to_string(i));
  CHECK(relay.connections() <= 4);
}

TEST_CASE("a mutation on an HTTP/2 or TLS connection that dies reaches the server once") {
  struct mutation {
    const char* method;
    const char* body;
  };
  using version = transport::http_version;
  for (const version spoken : {version::http_2, version::automatic, version::http_1_1}) {
    for (const auto& [verb, body] : {mutation{"POST", "{}"}, mutation{"POST", nullptr}, mutation{"DELETE", nullptr}}) {
      const char* const method = verb;
      CAPTURE(method);
      test::relay* cutter = nullptr;
      raw_server server([&cutter](raw_server::connection& c) {
        while (const auto asked = c.read_request()) {
          if (asked->head.find(" /die ") == std::string::npos) {
            c.send(test::reply(200, "{}"));
          } else {
            cutter->cut();
            c.wait_for_the_end();
          }
        }
      });
      const test::tls_front front(files(), server.port());
      test::relay relay(front.port());
      cutter = &relay;
      test::wire wire;
      auto& target = wire.open(trusting(spoken));
      CHECK(wire.ask(target, request_of("GET", at(relay.port()))).what == knowledge::answered);
      const auto got = wire.ask(target, request_of(method, at(relay.port(), "/die"), body));
      CHECK(got.what == knowledge::ambiguous);
      CHECK(wire.ask(target, request_of("GET", at(relay.port()))).what == knowledge::answered);
      CHECK(server.count(method) == 1);
    }
  }
}

TEST_CASE("mutations under way together on one HTTP/2 connection that dies reach the server at most once each") {
  test::relay* cutter = nullptr;
  std::atomic<int> waiting = 0;
  raw_server server([&](raw_server::connection& c) {
    while (const auto asked = c.read_request()) {
      if (asked->head.starts_with("GET ")) {
        c.send(test::reply(200, "{}"));
        continue;
      }
      if (++waiting == 20) cutter->cut();
      c.wait_for_the_end();
    }
  });
  const test::tls_front front(files(), server.port());
  test::relay relay(front.port());
  cutter = &relay;
  test::wire wire;
  auto& target = wire.open(trusting(transport::http_version::http_2));
  CHECK(wire.ask(target, request_of("GET", at(relay.port()))).what == knowledge::answered);
  std::vector<test::wire::pending> all;
  for (int i = 0; i < 20; ++i)
    all.push_back(wire.begin(target, request_of("POST", at(relay.port(), "/" + std::to_string(i)), "{}")));
  wire.until_all(all);
  for (int i = 0; i < 20; ++i) {
    CHECK((*all[i])->what == knowledge::ambiguous);
    CHECK(server.count("POST /" + std::to_string(i) + " ") == 1);
  }
}
