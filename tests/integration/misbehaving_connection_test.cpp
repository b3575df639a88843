// Connections that end, stand still or say what nobody asked for, in each phase of an exchange.
#include "integration/misbehaving.hpp"
#include "integration/tls_pipe.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using test::raw_server;
using transport::knowledge;
namespace why = transport::codes;

namespace {

struct connection_case {
  test::wire wire;
};

}  // namespace

TEST_CASE_FIXTURE(connection_case, "a connection that ends inside the request is ambiguous") {
  for (const bool hard : {false, true})
    for (const auto& one : test::every_verb) {
      raw_server server([hard](raw_server::connection& c) {
        (void)c.read_bytes(1);
        if (hard) c.reset();
      });
      const auto got = wire.ask(wire.open(), test::request_of(one, server.url()));
      INFO(test::shown(got));
      CHECK(got.what == knowledge::ambiguous);
      CHECK(got.failure.code == why::broken);
      CHECK(server.connections() == 1);
      CHECK(server.requests().empty());
    }
}

TEST_CASE_FIXTURE(connection_case, "a connection that is reset as soon as it stands is never an answer") {
  for (const auto& one : test::every_verb) {
    raw_server server([](raw_server::connection& c) { c.reset(); });
    const auto got = wire.ask(wire.open(), test::request_of(one, server.url()));
    INFO(test::shown(got));
    // The reset may come before the request begins.
    CHECK(got.what != knowledge::answered);
    CHECK(got.failure.code == (got.what == knowledge::not_sent ? why::connect : why::broken));
    CHECK(server.requests().empty());
  }
}

TEST_CASE_FIXTURE(connection_case, "a body that is cut off half way is ambiguous and never arrived whole") {
  for (const bool hard : {false, true})
    for (const bool chunked : {false, true}) {
      raw_server server([hard](raw_server::connection& c) {
        (void)c.read_head();
        (void)c.read_bytes(100'000);
        if (hard) c.reset();
      });
      auto what = test::request_of(test::with_body, server.url());
      what.body = std::make_shared<const std::string>(std::size_t{16} << 20, 'x');
      what.chunked = chunked;
      const auto got = wire.ask(wire.open(), std::move(what));
      INFO(test::shown(got));
      CHECK(got.what == knowledge::ambiguous);
      CHECK(got.failure.code == why::broken);
      CHECK(server.connections() == 1);
      CHECK(server.requests().empty());
    }
}

TEST_CASE_FIXTURE(connection_case,
                  "a kept connection that dies under a mutation leaves it ambiguous, at the server once") {
  for (const bool hard : {false, true})
    for (const char* sent :
         {"", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf"}) {
      raw_server server([&](raw_server::connection& c) {
        for (int i = 0; c.read_request(); ++i) {
          if (c.number == 0 && i == 1) break;
          c.send(test::reply(200, "{}"));
        }
        c.send(sent);
        if (hard) c.reset();
      });
      auto& target = wire.open();
      CHECK(wire.ask(target, test::request_of("GET", server.url())).what == knowledge::answered);
      const auto got = wire.ask(target, test::request_of(test::with_body, server.url()));
      INFO(sent);
      INFO(test::shown(got));
      CHECK(got.what == knowledge::ambiguous);
      CHECK((got.failure.code == why::broken || got.failure.code == why::resend_refused));
      CHECK(server.count("POST") == 1);
      target.close();
    }
}

TEST_CASE_FIXTURE(connection_case, "a server that stands still in its head is an ambiguous timeout") {
  for (const char* sent : {"", "HTTP/1.1", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"})
    for (const bool reused : {false, true}) {
      raw_server server([&](raw_server::connection& c) {
        while (const auto asked = c.read_request()) {
          if (!asked->head.starts_with("POST")) {
            c.send(test::reply(200, "{}"));
            continue;
          }
          c.send(sent);
          c.wait_for_the_end();
        }
      });
      auto& target = wire.open();
      if (reused) CHECK(wire.ask(target, test::request_of("GET", server.url())).what == knowledge::answered);
      const auto got = wire.ask(target, test::hasty(test::request_of(test::with_body, server.url())));
      INFO(test::shown(got));
      CHECK(got.what == knowledge::ambiguous);
      CHECK(got.failure.code == why::timeout);
      CHECK(got.reply.status == 0);
      CHECK(server.count("POST") == 1);
      CHECK(server.connections() == 1);
    }
}

TEST_CASE_FIXTURE(connection_case,
                  "a request never goes over a kept connection that was closed, nor takes a stale reply for its own") {
  const std::string stale = test::reply(200, "stale");
  struct idle_end {
    const char* how;
    std::string said;
    bool closes;
  };
  const idle_end ends[] = {
      {"closed", "", true},
      {"a timeout told and closed", test::reply(408, "stale", "Connection: close\r\n"), true},
      {"a second reply, and closed", stale, true},
      {"a second reply", stale, false},
      {"a million second replies' worth", std::string(100'000, 'x'), false},
      {"half a reply", stale.substr(0, 20), false},
  };
  for (const auto& end : ends)
    for (const auto& one : test::every_verb) {
      std::atomic<bool> idle = false;
      std::atomic<bool> over = false;
      raw_server server([&](raw_server::connection& c) {
        while (c.read_request()) {
          c.send(test::reply(200, "own"));
          if (c.number > 0) continue;
          while (!idle) std::this_thread::yield();
          c.send(end.said);
          if (end.closes) c.close();
          over = true;
          if (end.closes) return;
        }
      });
      auto& target = wire.open();
      CHECK(wire.ask(target, test::request_of("GET", server.url())).reply.body == "own");
      idle = true;
      while (!over) std::this_thread::yield();
      const auto got = wire.ask(target, test::request_of(one, server.url("/next")));
      INFO(end.how);
      INFO(test::shown(got));
      CHECK(got.what == knowledge::answered);
      CHECK(got.reply.status == 200);
      CHECK(got.reply.body == "own");
      CHECK(server.count(std::string(one.method) + " /next") == 1);
      CHECK(server.requests().back().connection == 1);
    }
}

TEST_CASE_FIXTURE(connection_case, "a stale reply is no answer over TLS either") {
  const test::certificates files;
  for (const auto& one : {test::with_body, test::reading}) {
    std::atomic<bool> idle = false;
    raw_server server([&](raw_server::connection& c) {
      while (c.read_request()) {
        c.send(test::reply(200, "own"));
        if (c.number > 0) continue;
        while (!idle) std::this_thread::yield();
        c.send(test::reply(200, "stale"));
        return;
      }
    });
    const test::tls_pipe pipe(files, server.port(), "http/1.1");
    transport::curl_options options;
    options.tls.ca = files.path("ca.pem");
    auto& target = wire.open(options);
    CHECK(wire.ask(target, test::request_of("GET", pipe.url())).reply.body == "own");
    idle = true;
    while (pipe.over() < 1) std::this_thread::yield();
    const auto got = wire.ask(target, test::request_of(one, pipe.url("/next")));
    INFO(test::shown(got));
    CHECK(got.reply.body == "own");
    CHECK(server.count(std::string(one.method) + " /next") == 1);
  }
}

TEST_CASE_FIXTURE(connection_case, "a kept connection stays kept while nothing comes in on it") {
  raw_server server(test::echo);
  auto& target = wire.open();
  for (int i = 0; i < 5; ++i)
    for (const auto& one : {test::with_body, test::reading})
      CHECK(wire.ask(target, test::request_of(one, server.url())).what == knowledge::answered);
  CHECK(server.connections() == 1);
}
