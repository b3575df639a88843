// HTTP/2 servers that refuse, break off and break the rules.
#include "integration/misbehaving_http2.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using test::after;
using test::h2_files;
using test::habit;
using test::http2_case;
using test::http2_server;
using test::over_h2;
using test::raw_server;
using transport::knowledge;
namespace why = transport::codes;

TEST_CASE_FIXTURE(http2_case, "an HTTP/2 reply is whole, an interim one before it is none") {
  for (const bool reused : {false, true})
    for (const auto& one : test::every_verb) {
      const auto seen = ask(one, reused, [](http2_server& h2, const http2_server::request& asked) {
        h2.answer_head(asked.stream, 103);
        h2.answer(asked.stream, 201, asked.body);
      });
      CHECK(seen.got.what == knowledge::answered);
      CHECK(seen.got.reply.status == 201);
      CHECK(seen.got.reply.body == (one.body ? one.body : ""));
      CHECK(seen.arrived == 1);
    }
}

TEST_CASE_FIXTURE(http2_case, "a stream that the server resets is ambiguous") {
  using error = http2_server::error;
  for (const error how : {error::internal, error::cancel, error::none, error::protocol, error::enhance_your_calm})
    check_ambiguous([how](http2_server& h2, const auto& asked) { h2.reset(asked.stream, how); }, {why::broken});
}

TEST_CASE_FIXTURE(http2_case, "a stream that is reset inside its reply is ambiguous") {
  check_ambiguous(
      [](http2_server& h2, const auto& asked) {
        h2.answer_head(asked.stream, 200);
        h2.send({http2_server::kind::data, 0, asked.stream, "half"});
        h2.reset(asked.stream, http2_server::error::internal);
      },
      {why::broken});
}

TEST_CASE_FIXTURE(http2_case, "a refused stream on a fresh connection means that nothing was done") {
  for (const auto& one : test::every_mutation) {
    const auto seen = ask(one, false, [](http2_server& h2, const auto& asked) {
      h2.reset(asked.stream, http2_server::error::refused_stream);
    });
    INFO(test::shown(seen.got));
    CHECK(seen.got.what == knowledge::not_sent);
    CHECK(seen.got.failure.code == why::refused);
    CHECK(seen.got.failure.message.find("did nothing") != std::string::npos);
    CHECK(seen.arrived == 1);
  }
}

// Curl does not say which of the two it was.
TEST_CASE_FIXTURE(http2_case,
                  "a refused stream on a kept connection may as well have died: ambiguous, and not repeated") {
  const auto seen = ask(test::with_body, true, [](http2_server& h2, const auto& asked) {
    h2.reset(asked.stream, http2_server::error::refused_stream);
  });
  CHECK(seen.got.what == knowledge::ambiguous);
  CHECK(seen.got.failure.code == why::resend_refused);
  CHECK(seen.arrived == 1);
}

TEST_CASE_FIXTURE(http2_case, "a read that is refused is repeated, and not for ever") {
  raw_server once([](raw_server::connection& c) {
    http2_server h2(c);
    while (const auto asked = h2.read_request()) {
      if (c.number == 0) {
        h2.reset(asked->stream, http2_server::error::refused_stream);
      } else {
        h2.answer(asked->stream, 200, "at last");
      }
    }
  });
  const test::tls_pipe pipe(h2_files(), once.port());
  CHECK(wire.ask(wire.open(over_h2()), test::request_of("GET", pipe.url())).reply.body == "at last");
  CHECK(once.requests().size() == 2);
  const auto seen = ask(test::reading, false, [](http2_server& h2, const auto& asked) {
    h2.reset(asked.stream, http2_server::error::refused_stream);
  });
  CHECK(seen.got.what == knowledge::ambiguous);
  CHECK(seen.arrived <= 8);
}

TEST_CASE_FIXTURE(http2_case, "a demand for HTTP/1.1 is no promise that nothing was done") {
  check_ambiguous(
      [](http2_server& h2, const auto& asked) { h2.reset(asked.stream, http2_server::error::http_1_1_required); },
      {why::resend_refused});
}

// The streams above the last one were not processed, but curl's words for it are those for every other framing error.
TEST_CASE_FIXTURE(http2_case, "a connection that ends under an HTTP/2 request is ambiguous") {
  for (const bool hard : {false, true})
    for (const bool replying : {false, true})
      for (const auto& one : test::every_mutation) {
        raw_server server([&](raw_server::connection& c) {
          http2_server h2(c);
          const auto asked = h2.read_request();
          if (asked && replying) h2.answer_head(asked->stream, 200);
          if (hard) c.reset();
        });
        const test::tls_pipe pipe(h2_files(), server.port());
        const auto got = wire.ask(wire.open(over_h2()), test::request_of(one, pipe.url()));
        INFO(test::shown(got));
        CHECK(got.what == knowledge::ambiguous);
        CHECK(got.failure.code == why::broken);
        CHECK(server.requests().size() == 1);
      }
}

TEST_CASE_FIXTURE(http2_case, "a window that never opens is an ambiguous timeout") {
  for (const std::size_t size : {std::size_t{10}, std::size_t{300'000}}) {
    raw_server server([](raw_server::connection& c) {
      http2_server h2(c, {{http2_server::setting::initial_window, 0}});
      while (h2.read_headers()) {
      }
    });
    const test::tls_pipe pipe(h2_files(), server.port());
    auto what = test::hasty(test::request_of(test::with_body, pipe.url()));
    what.body = std::make_shared<const std::string>(size, 'x');
    const auto got = wire.ask(wire.open(over_h2()), std::move(what));
    CHECK(got.what == knowledge::ambiguous);
    CHECK(got.failure.code == why::timeout);
    CHECK(server.requests().size() == 1);
  }
}

TEST_CASE_FIXTURE(http2_case, "one stream at a time is enough for many requests") {
  raw_server server([&](raw_server::connection& c) {
    http2_server h2(c, {{http2_server::setting::max_streams, 1}});
    while (const auto asked = h2.read_request()) h2.answer(asked->stream, 200, asked->body);
  });
  const test::tls_pipe pipe(h2_files(), server.port());
  auto& target = wire.open(over_h2(transport::http_version::http_2));
  std::vector<test::wire::pending> all;
  for (int i = 0; i < 12; ++i) {
    auto what = test::request_of("POST", pipe.url(), std::to_string(i).c_str());
    what.connect_timeout = seconds(60);
    all.push_back(wire.begin(target, std::move(what)));
  }
  wire.until_all(all);
  for (int i = 0; i < 12; ++i) CHECK((*all[i])->reply.body == std::to_string(i));
  CHECK(server.requests().size() == 12);
  CHECK(server.connections() <= 4);
}

TEST_CASE_FIXTURE(http2_case, "frames that break the rules are ambiguous") {
  using kind = http2_server::kind;
  const std::pair<const char*, habit> ways[] = {
      {"a reply without a status",
       [](auto& h2, const auto& asked) {
         h2.send({kind::headers, 5, asked.stream, ""});
       }},
      {"headers that do not unpack",
       [](auto& h2, const auto& asked) {
         h2.send({kind::headers, 5, asked.stream, std::string(9, '\xff')});
       }},
      {"a reply to what was not asked", [](auto& h2, const auto& asked) { h2.answer(asked.stream + 1, 200, "x"); }},
      {"a frame over the limit",
       [](auto& h2, const auto& asked) {
         h2.send({kind::data, 0, asked.stream, std::string(1 << 20, 'x')});
       }},
      {"a body before its head",
       [](auto& h2, const auto& asked) {
         h2.send({kind::data, 1, asked.stream, "x"});
       }},
      {"a body longer than its length",
       [](auto& h2, const auto& asked) {
         const std::string head =
             "\x08\x03"
             "200"
             "\x0f\x0d\x01"
             "1";  // content-length: 1
         h2.send({kind::headers, http2_server::end_headers, asked.stream, head});
         h2.send({kind::data, 1, asked.stream, "ok"});
       }},
      {"settings of a wrong size",
       [](auto& h2, const auto&) {
         h2.send({kind::settings, 0, 0, "odd"});
       }},
      {"a window beyond all bounds",
       [](auto& h2, const auto&) {
         h2.send({kind::window_update, 0, 0, "\x7f\xff\xff\xff"});
       }},
  };
  for (const auto& one : ways) {
    INFO(one.first);
    check_ambiguous(one.second, {why::broken, why::resend_refused});
  }
}

TEST_CASE_FIXTURE(http2_case, "a body over the limit is ambiguous and too large over HTTP/2 too") {
  raw_server server(after(0, [](http2_server& h2, const auto& asked) {
    h2.answer_head(asked.stream, 200);
    for (int i = 0; i < 3; ++i) h2.send({http2_server::kind::data, 0, asked.stream, std::string(10'000, 'x')});
  }));
  const test::tls_pipe pipe(h2_files(), server.port());
  auto what = test::request_of(test::with_body, pipe.url());
  what.most_bytes = 15'000;
  const auto got = wire.ask(wire.open(over_h2()), std::move(what));
  CHECK(got.what == knowledge::ambiguous);
  CHECK(got.failure.code == why::too_large);
  CHECK(server.requests().size() == 1);
}

TEST_CASE_FIXTURE(http2_case, "HTTP/2 in cleartext answers one request after the other, and many at once") {
  raw_server server(after(0, [](http2_server& h2, const auto& asked) { h2.answer(asked.stream, 200, asked.body); }));
  auto options = test::wire::plaintext();
  options.http = transport::http_version::http_2;
  auto& target = wire.open(options);
  for (int i = 0; i < 3; ++i)
    for (const auto& one : test::every_verb)
      CHECK(wire.ask(target, test::request_of(one, server.url())).what == knowledge::answered);
  std::vector<test::wire::pending> all;
  for (int i = 0; i < 20; ++i)
    all.push_back(wire.begin(target, test::request_of("POST", server.url(), std::to_string(i).c_str())));
  wire.until_all(all);
  for (int i = 0; i < 20; ++i) CHECK((*all[i])->reply.body == std::to_string(i));
  CHECK(server.requests().size() == 32);
}
