// Replies that are read piece by piece, and exchanges that are ended from outside.
#include "integration/wire.hpp"
#include "support/raw_server.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using test::raw_server;
using test::request_of;
using transport::knowledge;

namespace {

struct collecting final : transport::body_sink {
  void began(int status, const transport::headers& head) override {
    CHECK(bytes.empty());
    ++begun;
    seen_status = status;
    version = std::string(head.first("x-stream-version").value_or(""));
  }
  bool take(std::string_view piece) override {
    bytes += piece;
    ++pieces;
    return bytes.size() < most;
  }
  std::size_t most = 1'000'000;
  std::string bytes, version;
  int begun = 0, pieces = 0, seen_status = 0;
};

std::string chunk(std::string_view text) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", text.size());
  return size + std::string(text) + "\r\n";
}

constexpr std::string_view head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Stream-Version: v2\r\n\r\n";

}  // namespace

TEST_CASE("a sink gets each piece as it comes, and the reply's body stays empty") {
  std::atomic<bool> go = false;
  raw_server server([&](raw_server::connection& c) {
    if (!c.read_request()) return;
    c.send(std::string(head) + chunk("one "));
    while (!go) std::this_thread::yield();
    c.send(chunk("two") + "0\r\n\r\n");
  });
  test::wire wire;
  auto& target = wire.open();
  collecting sink;
  auto what = request_of("GET", server.url("/events"));
  what.sink = &sink;
  const auto pending = wire.begin(target, std::move(what));
  wire.until([&] { return sink.bytes == "one "; });
  CHECK_FALSE(pending->has_value());
  CHECK(sink.begun == 1);
  CHECK(sink.version == "v2");
  go = true;
  wire.until_all({pending});
  CHECK(sink.bytes == "one two");
  CHECK((*pending)->what == knowledge::answered);
  CHECK((*pending)->reply.status == 200);
  CHECK((*pending)->reply.body.empty());
}

TEST_CASE("a sink that had enough ends the exchange as answered") {
  raw_server server([](raw_server::connection& c) {
    if (!c.read_request()) return;
    c.send(std::string(head) + chunk("0123456789"));
    c.read_request();  // until the client hangs up
  });
  test::wire wire;
  auto& target = wire.open();
  collecting sink;
  sink.most = 4;
  auto what = request_of("GET", server.url("/events"));
  what.sink = &sink;
  const auto got = wire.ask(target, std::move(what));
  CHECK(got.what == knowledge::answered);
  CHECK(sink.pieces == 1);
}

TEST_CASE("what is no 2xx goes into the body, for its words") {
  raw_server server([](raw_server::connection& c) {
    while (c.read_request()) c.send(test::reply(404, "Session not found"));
  });
  test::wire wire;
  auto& target = wire.open();
  collecting sink;
  auto what = request_of("GET", server.url("/events"));
  what.sink = &sink;
  const auto got = wire.ask(target, std::move(what));
  CHECK(got.reply.status == 404);
  CHECK(got.reply.body == "Session not found");
  CHECK(sink.begun == 0);
}

TEST_CASE("an exchange ends when its switch is thrown, also from within its own sink, and its neighbours go on") {
  std::atomic<bool> go = false;
  raw_server server([&](raw_server::connection& c) {
    if (!c.read_request()) return;
    c.send(std::string(head) + chunk("x"));
    while (!go) std::this_thread::yield();
    c.send("0\r\n\r\n");
  });
  test::wire wire;
  auto& target = wire.open();
  struct stopping final : transport::body_sink {
    void began(int, const transport::headers&) override {}
    bool take(std::string_view) override {
      stop.request();
      return true;
    }
    cancellation stop;
  } sink;
  auto what = request_of("GET", server.url("/events"));
  what.sink = &sink;
  what.stop = &sink.stop;
  const auto stopped = wire.begin(target, std::move(what));
  const auto neighbour = wire.begin(target, request_of("GET", server.url("/other")));
  wire.until_all({stopped});
  CHECK((*stopped)->what == knowledge::ambiguous);
  CHECK((*stopped)->failure.code == transport::codes::closed);
  CHECK_FALSE(neighbour->has_value());
  go = true;
  wire.until_all({neighbour});
  CHECK((*neighbour)->reply.body == "x");

  auto late = request_of("GET", server.url("/late"));
  late.stop = &sink.stop;  // thrown already
  const auto refused = wire.ask(target, std::move(late));
  CHECK(refused.what != knowledge::answered);
}
