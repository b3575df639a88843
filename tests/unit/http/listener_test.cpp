// The listener on a real loopback socket, with virtual time.
#include "http/listener.hpp"

#include "http/codes.hpp"
#include "support/shown_result.hpp"
#include "support/virtual_time.hpp"

#include <doctest/doctest.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <deque>

namespace triggerd::http {

namespace {

using boost::asio::ip::tcp;

reply text_reply(std::string body) {
  reply out;
  out.headers = {{"content-type", "text/plain"}};
  out.body = std::move(body);
  return out;
}

// A listener and one client that writes and reads bytes.
class pair {
 public:
  using function = std::function<reply(const request&)>;
  explicit pair(function answers, listener_options options = {}) : answers_(std::move(answers)) {
    const auto handler = [this](request asked) { return answer(std::move(asked)); };
    door.emplace(time.loop().get_executor(), time, time, quiet_, handler, options);
    REQUIRE(door->listen("127.0.0.1:0"));
    dial();
  }
  ~pair() {
    client.close();
    if (!closed_) close();
  }

  void dial() {
    client = tcp::socket(time.loop());
    client.connect({boost::asio::ip::make_address("127.0.0.1"), door->port()});
    client.non_blocking(true);
    turn();
  }
  void write(std::string_view bytes) {
    boost::asio::write(client, boost::asio::buffer(bytes.data(), bytes.size()));
    turn();
  }
  // What has arrived until now.
  std::string read() {
    turn();
    char space[4096];
    for (ec_.clear(); !ec_;) {
      const std::size_t got = client.read_some(boost::asio::buffer(space), ec_);
      seen_.append(space, got);
      turn();
    }
    return std::exchange(seen_, {});
  }
  bool reset() const { return ec_ == boost::asio::error::connection_reset; }
  bool ended() const { return ec_ == boost::asio::error::eof; }
  bool open() const { return ec_ == boost::asio::error::would_block; }
  void close() {
    closed_ = true;
    time.spawn(door->close());
    turn();
  }
  // The kernel hands loopback bytes over within a few polls.
  void turn() {
    for (int i = 0; i < 50; ++i) time.run();
  }

  triggerd::test::virtual_time time;
  std::optional<listener> door;
  tcp::socket client{time.loop()};
  std::vector<request> seen;

 private:
  task<reply> answer(request asked) {
    seen.push_back(asked);
    co_return answers_(asked);
  }

  function answers_;
  no_log quiet_;
  std::string seen_;
  boost::system::error_code ec_;
  bool closed_ = false;
};

const std::string get = "GET /x?y=1 HTTP/1.1\r\nHost: h\r\nX-Thing:  a \r\n\r\n";

}  // namespace

TEST_CASE("only loopback addresses are listened on") {
  CHECK(loopback_endpoint("127.0.0.1:4040")->port() == 4040);
  CHECK(loopback_endpoint("[::1]:0")->address().is_v6());
  CHECK(loopback_endpoint("localhost:80")->address().to_string() == "127.0.0.1");
  for (const char* bad :
       {"0.0.0.0:1", "192.168.1.1:80", "[::]:80", "127.0.0.1", "127.0.0.1:65536", "127.0.0.1:x", "host:80", ""}) {
    CAPTURE(bad);
    const auto made = loopback_endpoint(bad);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == codes::address);
  }
}

TEST_CASE("a taken address is an error") {
  pair one([](const request&) { return text_reply(""); });
  no_log quiet;
  listener second(one.time.loop().get_executor(), one.time, one.time, quiet,
                  [](request) -> task<reply> { co_return reply(); });
  const auto made = second.listen(one.door->address());
  REQUIRE_FALSE(made);
  CHECK(made.error().code == codes::listen);
  one.time.spawn(second.close());
  one.turn();
}

TEST_CASE("requests arrive with their names in lower case, one after the other on one connection") {
  pair one([](const request& asked) { return text_reply(asked.body + "!"); });
  one.write(get + "POST /z HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");
  const std::string back = one.read();
  REQUIRE(one.seen.size() == 2);
  CHECK(one.seen[0].method == "GET");
  CHECK(one.seen[0].target == "/x?y=1");
  CHECK(one.seen[0].headers == header_list{{"host", "h"}, {"x-thing", "a"}});
  CHECK(one.seen[1].body == "hi");
  const std::string head = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: ";
  CHECK(back == head + "1\r\nconnection: keep-alive\r\n\r\n!" + head + "3\r\nconnection: keep-alive\r\n\r\nhi!");
  CHECK(one.open());
}

TEST_CASE("a chunked body is put together, and a reply may be chunked") {
  pair one([](const request& asked) {
    reply out = text_reply(asked.body);
    out.chunked = true;
    return out;
  });
  one.write("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
  CHECK(one.read().ends_with("transfer-encoding: chunked\r\nconnection: keep-alive\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
}

TEST_CASE("a peer that asks whether to go on is told so") {
  pair one([](const request& asked) { return text_reply(asked.body); });
  one.write("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  CHECK(one.read() == "HTTP/1.1 100 Continue\r\n\r\n");
  one.write("ok");
  CHECK(one.read().ends_with("\r\n\r\nok"));
}

TEST_CASE("HEAD, 204 and an end by wish of the peer") {
  pair one([](const request&) { return text_reply("body"); });
  one.write("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(one.read().ends_with("connection: keep-alive\r\n\r\n"));
  one.write("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  CHECK(one.read().ends_with("connection: close\r\n\r\nbody"));
  CHECK(one.ended());
  reply empty;
  empty.status = 204;
  CHECK(head_of(empty, true, false) == "HTTP/1.1 204 No Content\r\nconnection: keep-alive\r\n\r\n");
  CHECK(body_of(empty).empty());
}

TEST_CASE("what is no request, or too large, is refused and the connection ends") {
  listener_options small;
  small.most_body = 10;
  pair one([](const request&) { return text_reply(""); }, small);
  std::string asked, status;
  SUBCASE("no HTTP") { asked = "nonsense\r\n\r\n", status = "400"; }
  SUBCASE("a body over the limit") { asked = "POST / HTTP/1.1\r\nContent-Length: 11\r\n\r\n", status = "413"; }
  SUBCASE("headers over 16 KiB") {
    asked = "GET / HTTP/1.1\r\nX: " + std::string(17'000, 'x') + "\r\n\r\n", status = "431";
  }
  one.write(asked);
  CHECK(one.read().starts_with("HTTP/1.1 " + status));
  one.time.advance(seconds(3));
  one.read();
  CHECK_FALSE(one.open());
  CHECK(one.seen.empty());
}

TEST_CASE("ordered trouble is done on the socket") {
  reply order = text_reply("0123456789");
  pair one([&](const request&) { return order; });
  SUBCASE("a reset sends no byte") {
    order.how = reply::ending::reset;
    one.write(get);
    CHECK(one.read().empty());
    CHECK(one.reset());
  }
  SUBCASE("a cut sends the head and a part of the body") {
    order.how = reply::ending::cut;
    order.cut_after = 4;
    SUBCASE("counted") { order.chunked = false; }
    SUBCASE("chunked") { order.chunked = true; }
    one.write(get);
    const std::string back = one.read();
    CHECK(back.starts_with("HTTP/1.1 200"));
    CHECK(back.ends_with("0123"));
    CHECK(one.reset());
  }
  SUBCASE("a stall keeps the connection and says nothing") {
    order.how = reply::ending::stall;
    one.write(get);
    one.time.advance(std::chrono::minutes(9));
    CHECK(one.read().empty());
    CHECK(one.open());
    one.time.advance(std::chrono::minutes(2));
    one.read();
    CHECK_FALSE(one.open());
  }
  SUBCASE("late is late") {
    order.late = seconds(5);
    one.write(get);
    one.time.advance(milliseconds(4'999));
    CHECK(one.read().empty());
    one.time.advance(milliseconds(1));
    CHECK(one.read().ends_with("0123456789"));
  }
  SUBCASE("slow is slow") {
    order.bytes_per_second = 20;
    one.write(get);
    CHECK(one.read().size() == 2);
    one.time.advance(seconds(1));
    CHECK(one.read().size() == 20);
    one.time.advance(std::chrono::minutes(1));
    CHECK(one.read().ends_with("789"));
  }
}

TEST_CASE("an idle connection ends after its time") {
  pair one([](const request&) { return text_reply(""); });
  one.time.advance(seconds(64));
  one.read();
  CHECK(one.open());
  one.time.advance(seconds(2));
  one.read();
  CHECK(one.ended());
  CHECK(one.door->connections() == 0);
}

TEST_CASE("more connections than allowed are closed at once") {
  listener_options few;
  few.most_connections = 1;
  pair one([](const request&) { return text_reply(""); }, few);
  tcp::socket second(one.time.loop());
  second.connect(one.client.remote_endpoint());
  one.turn();
  char byte;
  boost::system::error_code ec;
  second.read_some(boost::asio::buffer(&byte, 1), ec);
  CHECK(ec);
  CHECK(one.door->connections() == 1);
}

TEST_CASE("closing ends idle connections and lets a late reply out at once") {
  reply order = text_reply("done");
  order.late = std::chrono::hours(1);
  pair one([&](const request&) { return order; });
  SUBCASE("idle") {
    one.close();
    one.read();
    CHECK(one.ended());
  }
  SUBCASE("under way") {
    one.write(get);
    one.close();
    CHECK(one.read().ends_with("done"));
    CHECK(one.ended());
  }
  CHECK(one.door->connections() == 0);
  CHECK(one.time.armed() == 0);
}

namespace {

// A body whose parts come when the test says so.
struct tap {
  std::deque<std::optional<std::string>> parts;
  condition more;

  void put(std::optional<std::string> part) {
    parts.push_back(std::move(part));
    more.notify_all();
  }
  task<std::optional<std::string>> next() {
    while (parts.empty()) co_await more.wait();
    auto out = std::move(parts.front());
    parts.pop_front();
    co_return out;
  }
};

reply flowing(tap& from, std::string start) {
  reply out = text_reply(std::move(start));
  out.rest = [&from] { return from.next(); };
  return out;
}

}  // namespace

TEST_CASE("a body that is made over time goes out in chunks as it comes, and the connection stays") {
  tap from;
  pair one([&](const request&) { return flowing(from, "start"); });
  one.write(get);
  std::string got = one.read();
  CHECK(got.find("transfer-encoding: chunked\r\n") != std::string::npos);
  CHECK(got.find("content-length") == std::string::npos);
  CHECK(got.ends_with("\r\n\r\n5\r\nstart\r\n"));
  from.put("more");
  CHECK(one.read() == "4\r\nmore\r\n");
  from.put("");  // would be the end
  CHECK(one.read().empty());
  from.put(std::nullopt);
  CHECK(one.read() == "0\r\n\r\n");
  one.write(get);
  CHECK(one.read().starts_with("HTTP/1.1 200"));
  from.put(std::nullopt);
  one.read();
  CHECK(one.open());
}

TEST_CASE("HEAD of a body that is made over time makes none of it") {
  tap from;
  pair one([&](const request&) { return flowing(from, "start"); });
  one.write("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(one.read().ends_with("\r\n\r\n"));
  CHECK(one.open());
}

TEST_CASE("a reader that is gone ends the body with its next part") {
  tap from;
  pair one([&](const request&) { return flowing(from, ""); });
  one.write(get);
  CHECK(one.read().ends_with("\r\n\r\n"));
  one.client.close();
  for (int i = 0; i < 3; ++i) {
    from.put("x");
    one.turn();
  }
  CHECK(one.door->connections() == 0);
}

TEST_CASE("closing waits for the end of a body that is made over time") {
  tap from;
  pair one([&](const request&) { return flowing(from, ""); });
  one.write(get);
  one.close();
  CHECK(one.door->connections() == 1);
  from.put(std::nullopt);
  CHECK(one.read().ends_with("0\r\n\r\n"));
  CHECK(one.door->connections() == 0);
}

}  // namespace triggerd::http
