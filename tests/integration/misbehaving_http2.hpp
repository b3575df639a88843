// What the cases about misbehaving HTTP/2 servers share.
#pragma once

#include "integration/misbehaving.hpp"
#include "integration/tls_pipe.hpp"
#include "support/http2_server.hpp"

#include <algorithm>
#include <functional>
#include <vector>

namespace triggerd::test {

inline const certificates& h2_files() {
  static const certificates made;
  return made;
}

inline transport::curl_options over_h2(transport::http_version version = transport::http_version::automatic) {
  transport::curl_options options;
  options.tls.ca = h2_files().path("ca.pem");
  options.http = version;
  return options;
}

// What a server does with one whole request that it has read.
using habit = std::function<void(http2_server&, const http2_server::request&)>;

// Answers the first `kindly` requests of its first connection, and has its way with every other.
inline raw_server::script after(int kindly, habit way) {
  return [kindly, way = std::move(way)](raw_server::connection& c) {
    http2_server h2(c);
    for (int i = 0;; ++i) {
      const auto asked = h2.read_request();
      if (!asked) return;
      if (c.number == 0 && i < kindly) {
        h2.answer(asked->stream, 200, "first");
      } else {
        way(h2, *asked);
      }
    }
  };
}

struct misbehaved {
  transport::outcome got;
  std::size_t arrived;  // of the requests that count
};

struct http2_case {
  // A request on a fresh connection, or on one that has answered already.
  misbehaved ask(const verb& one, bool reused, const habit& way, bool impatient = false) {
    raw_server server(after(reused ? 1 : 0, way));
    const tls_pipe pipe(h2_files(), server.port());
    auto& target = wire.open(over_h2());
    if (reused) CHECK(wire.ask(target, request_of("GET", pipe.url())).reply.body == "first");
    auto what = request_of(one, pipe.url());
    if (impatient) what = hasty(std::move(what));
    misbehaved out{wire.ask(target, std::move(what)), server.requests().size() - (reused ? 1 : 0)};
    target.close();
    return out;
  }
  // Of mutations: each reached the server once and no more. Only one with a body goes over a kept connection.
  void check_ambiguous(const habit& way, const std::vector<error_code>& codes, bool impatient = false) {
    for (const bool reused : {false, true})
      for (const auto& one : every_mutation) {
        if (reused && !one.body) continue;
        const auto seen = ask(one, reused, way, impatient);
        INFO(shown(seen.got));
        CHECK(seen.got.what == transport::knowledge::ambiguous);
        CHECK(std::find(codes.begin(), codes.end(), seen.got.failure.code) != codes.end());
        CHECK(seen.arrived == 1);
      }
  }

  test::wire wire;
};

}  // namespace triggerd::test
