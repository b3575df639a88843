// HTTP/2 servers that go away: before, at and after our stream, and while nothing is asked of them.
#include "integration/misbehaving_http2.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using test::after;
using test::h2_files;
using test::http2_case;
using test::http2_server;
using test::over_h2;
using test::raw_server;
using transport::knowledge;
namespace why = transport::codes;

TEST_CASE_FIXTURE(http2_case, "going away below our stream is ambiguous") {
  check_ambiguous([](http2_server& h2, const auto& asked) { h2.go_away(asked.stream - 1); },
                  {why::broken, why::resend_refused});
}

TEST_CASE_FIXTURE(http2_case, "going away with an error and no reply is ambiguous in its time") {
  check_ambiguous([](http2_server& h2, const auto& asked) { h2.go_away(asked.stream, http2_server::error::internal); },
                  {why::timeout, why::broken}, true);
}

TEST_CASE_FIXTURE(http2_case, "going away at our stream leaves it its reply, and the next request its own connection") {
  raw_server server(after(0, [](http2_server& h2, const auto& asked) {
    h2.go_away(asked.stream);
    h2.answer(asked.stream, 200, asked.body);
  }));
  const test::tls_pipe pipe(h2_files(), server.port());
  auto& target = wire.open(over_h2());
  for (const auto& one : {test::with_body, test::with_body, test::reading})
    CHECK(wire.ask(target, test::request_of(one, pipe.url())).what == knowledge::answered);
  CHECK(server.requests().size() == 3);
  CHECK(server.connections() == 3);
}

TEST_CASE_FIXTURE(http2_case, "going away while idle costs the next request a new connection and nothing else") {
  for (const auto& one : test::every_verb) {
    std::atomic<bool> idle = false;
    raw_server server([&](raw_server::connection& c) {
      http2_server h2(c);
      while (const auto asked = h2.read_request()) {
        h2.answer(asked->stream, 200, asked->body);
        if (c.number > 0) continue;
        while (!idle) std::this_thread::yield();
        h2.go_away(asked->stream);
        return;
      }
    });
    const test::tls_pipe pipe(h2_files(), server.port());
    auto& target = wire.open(over_h2());
    CHECK(wire.ask(target, test::request_of("GET", pipe.url())).what == knowledge::answered);
    idle = true;
    while (pipe.over() < 1) std::this_thread::yield();
    const auto got = wire.ask(target, test::request_of(one, pipe.url()));
    INFO(test::shown(got));
    CHECK(got.what == knowledge::answered);
    CHECK(server.requests().size() == 2);
    CHECK(server.connections() == 2);
  }
}

TEST_CASE_FIXTURE(http2_case,
                  "going away in the middle of many streams: each is answered or ambiguous, none is doubled") {
  raw_server server([](raw_server::connection& c) {
    http2_server h2(c);
    std::vector<http2_server::request> waiting;
    while (const auto asked = h2.read_request()) {
      if (asked->body.empty()) {
        h2.answer(asked->stream, 200, "");
        continue;
      }
      waiting.push_back(*asked);
      if (waiting.size() < 6) continue;
      h2.go_away(waiting[2].stream);
      for (int i = 0; i < 3; ++i) h2.answer(waiting[i].stream, 200, waiting[i].body);
      return;
    }
  });
  const test::tls_pipe pipe(h2_files(), server.port());
  auto& target = wire.open(over_h2(transport::http_version::http_2));
  CHECK(wire.ask(target, test::request_of("GET", pipe.url())).what == knowledge::answered);
  std::vector<test::wire::pending> all;
  for (int i = 0; i < 6; ++i)
    all.push_back(wire.begin(target, test::request_of("POST", pipe.url(), std::to_string(i).c_str())));
  wire.until_all(all);
  for (int i = 0; i < 6; ++i) {
    const auto& got = **all[i];
    INFO(test::shown(got));
    // The first three have replies; curl may give them up with the connection.
    CHECK((got.what == knowledge::ambiguous || (i < 3 && got.what == knowledge::answered)));
    if (got.what == knowledge::answered) CHECK(got.reply.body == std::to_string(i));
  }
  const auto seen = server.requests();
  for (int i = 0; i < 6; ++i)
    CHECK(std::count_if(seen.begin(), seen.end(), [&](const auto& one) { return one.body == std::to_string(i); }) == 1);
}
