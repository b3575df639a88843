// Replies that break the rules of HTTP/1: what of them is an answer, and what is none.
#include "integration/misbehaving.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using test::raw_server;
using transport::knowledge;
namespace why = transport::codes;

namespace {

const std::string fine = "HTTP/1.1 200 OK\r\n";
const std::string chunked = fine + "Transfer-Encoding: chunked\r\n\r\n";
const std::string gzipped = "Content-Encoding: gzip\r\n";

constexpr std::string_view gzip_head("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03", 10);

// Zeros, 258 for thirteen bits (RFC 1951 3.2.6: the fixed codes).
std::string packed_zeros(int times) {
  std::string bits =
      "110"
      "00110000";  // the last block, fixed; one zero
  for (int i = 0; i < times; ++i)
    bits +=
        "11000101"
        "00000";  // 258 of what stands one byte before
  bits += "0000000";
  std::string bytes(bits.size() / 8 + 1, '\0');
  for (std::size_t i = 0; i < bits.size(); ++i)
    if (bits[i] == '1') bytes[i / 8] = static_cast<char>(bytes[i / 8] | 1 << i % 8);
  return std::string(gzip_head) + bytes;
}

enum class then { close, stand_still };

struct said {
  std::string what;
  then next = then::close;
};

struct framing {
  // One request, answered so. It reached the server once, whatever became of it.
  transport::outcome answered_with(const said& reply, const test::verb& one = test::with_body) {
    raw_server server([&](raw_server::connection& c) {
      while (c.read_request()) {
        c.send(reply.what);
        if (reply.next == then::close) return;
      }
    });
    auto what = test::request_of(one, server.url());
    if (reply.next == then::stand_still) what = test::hasty(std::move(what));
    what.most_bytes = 1'000;
    const auto got = wire.ask(wire.open(), std::move(what));
    CHECK(server.count(one.method) == 1);
    CHECK(server.connections() == 1);
    return got;
  }

  void check_refused(const std::string& reply, const error_code& code) {
    for (const auto& one : {test::with_body, test::without_body, test::reading}) {
      const auto got = answered_with({reply}, one);
      INFO(reply.substr(0, 200));
      INFO(test::shown(got));
      CHECK(got.what == knowledge::ambiguous);
      CHECK(got.failure.code == code);
      CHECK(got.reply.body.empty());
    }
  }

  test::wire wire;
};

}  // namespace

TEST_CASE_FIXTURE(framing, "a status line that is none is ambiguous") {
  for (const char* line : {"HTTP/1.1 abc OK", "HTTP/1.1 99 OK", "HTTP/1.1 000 OK", "HTTP/1.1 1000 OK", "HTTP/1.1 20 OK",
                           "HTTP/1.1", "HTTP/9.9 200 OK", "ICY 200 OK", "\r\nHTTP/1.1 200 OK"})
    check_refused(std::string(line) + "\r\nContent-Length: 2\r\n\r\nok", why::protocol);
  check_refused("just words", why::protocol);  // HTTP/0.9
}

TEST_CASE_FIXTURE(framing, "a head with what no head may hold is ambiguous") {
  using namespace std::string_literals;
  check_refused(fine + "x: a\0b\r\nContent-Length: 2\r\n\r\nok"s, why::protocol);
  check_refused(fine + "no colon\r\nContent-Length: 2\r\n\r\nok", why::protocol);
}

TEST_CASE_FIXTURE(framing,
                  "a length that is no number, or several, is ambiguous: where the body ends cannot be known") {
  for (const char* length :
       {"-1", "abc", "", "2x", "2, 4", "99999999999999999999999", "2\r\nContent-Length: 4", "4\r\ncontent-length: 2"})
    check_refused(fine + "Content-Length: " + length + "\r\n\r\nokok", why::protocol);
}

TEST_CASE_FIXTURE(framing, "a length said twice alike is a length") {
  const auto got = answered_with({fine + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok"});
  CHECK(got.what == knowledge::answered);
  CHECK(got.reply.body == "ok");
}

TEST_CASE_FIXTURE(framing, "a body shorter than its length is ambiguous, and says its status") {
  auto got = answered_with({fine + "Content-Length: 4\r\n\r\nok"});
  CHECK(got.what == knowledge::ambiguous);
  CHECK(got.failure.code == why::broken);
  CHECK(got.reply.status == 200);
  got = answered_with({fine + "Content-Length: 4\r\n\r\nok", then::stand_still});
  CHECK(got.what == knowledge::ambiguous);
  CHECK(got.failure.code == why::timeout);
  CHECK(got.reply.status == 200);
}

TEST_CASE_FIXTURE(framing, "chunks that are none are ambiguous") {
  for (const char* body : {"zz\r\nok\r\n0\r\n\r\n", "-2\r\nok\r\n0\r\n\r\n", "2\r\nokXX0\r\n\r\n",
                           "ffffffffffffffff\r\nok\r\n0\r\n\r\n", "fffffffffffffffffffff\r\nok\r\n0\r\n\r\n",
                           "7fffffffffffffff\r\nok\r\n0\r\n\r\n", "2\r\nok\r\n", "2\r\nok\r\n0\r\n"})
    check_refused(chunked + body, why::broken);
}

TEST_CASE_FIXTURE(framing, "chunks beat a length, as RFC 9112 wants it") {
  const auto got =
      answered_with({fine + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"});
  CHECK(got.what == knowledge::answered);
  CHECK(got.reply.body == "ok");
}

TEST_CASE_FIXTURE(framing, "codings we did not ask for, or that do not decode, are ambiguous") {
  check_refused(fine + "Transfer-Encoding: other\r\n\r\n2\r\nok\r\n0\r\n\r\n", why::protocol);
  for (const char* coding : {"gzip", "other", "gzip, gzip, gzip, gzip, gzip, gzip, gzip"})
    check_refused(test::reply(200, "this was never packed", "Content-Encoding: " + std::string(coding) + "\r\n"),
                  why::protocol);
}

TEST_CASE_FIXTURE(framing, "a packed body is unpacked, a damaged one is ambiguous") {
  std::string body = std::string(gzip_head) + std::string("\x01\x02\x00\xfd\xff", 5) + "ok" +  // stored
                     std::string("\x47\xdd\xdc\x79\x02\x00\x00\x00", 8);                       // its sum and length
  CHECK(answered_with({test::reply(200, body, gzipped)}).reply.body == "ok");
  body[15] = 'O';
  check_refused(test::reply(200, body, gzipped), why::protocol);
}

TEST_CASE_FIXTURE(framing, "a small reply that unpacks to a large one is cut at the limit") {
  const std::string bomb = packed_zeros(40'000);  // ten million bytes in 65 thousand
  const auto got = answered_with({test::reply(200, bomb, gzipped)});
  CHECK(got.what == knowledge::ambiguous);
  CHECK(got.failure.code == why::too_large);
  CHECK(got.reply.body.empty());
}

TEST_CASE_FIXTURE(framing, "a body over the limit is ambiguous and too large, however it is framed") {
  const std::string large(200'000, 'x');
  check_refused(test::reply(200, large), why::too_large);
  check_refused(fine + "Content-Length: 9000000000000000000\r\n\r\n" + large, why::too_large);
  check_refused(chunked + "30d40\r\n" + large + "\r\n0\r\n\r\n", why::too_large);
  check_refused(fine + "\r\n" + large, why::too_large);
}

TEST_CASE_FIXTURE(framing, "a head over the limit is ambiguous and too large, in one line or ten thousand") {
  std::string lines;
  for (int i = 0; i < 10'000; ++i) lines += "x-filler: yes\r\n";
  for (const std::string& head : {fine + "x: " + std::string(200'000, 'y') + "\r\n\r\n", fine + lines + "\r\n",
                                  "HTTP/1.1 200 " + std::string(200'000, 'y') + "\r\n\r\n"}) {
    check_refused(head, why::too_large);
    CHECK(answered_with({head}).failure.message.find("passed the limit") != std::string::npos);
  }
}

TEST_CASE_FIXTURE(framing, "ten thousand short header lines within the limit are an answer") {
  std::string lines;
  for (int i = 0; i < 10'000; ++i) lines += "a:\r\n";
  const auto got = answered_with({fine + lines + "Content-Length: 2\r\n\r\nok"});
  CHECK(got.what == knowledge::answered);
  CHECK(got.reply.head.all("a").size() == 10'000);
}

TEST_CASE_FIXTURE(framing, "no request waits for 100-continue, and whatever comes of it before the reply is none") {
  std::string many;
  for (int i = 0; i < 100; ++i) many += "HTTP/1.1 100 Continue\r\n\r\n";
  for (const std::string& before :
       {std::string("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"), many,
        std::string("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\nContent-Length: 7\r\n\r\n")}) {
    const auto got = answered_with({before + test::reply(201, "ok")});
    CHECK(got.what == knowledge::answered);
    CHECK(got.reply.status == 201);
    CHECK(got.reply.body == "ok");
    CHECK_FALSE(got.reply.head.first("link"));
  }
  raw_server server([](raw_server::connection& c) {
    while (c.read_request()) c.send(test::reply(417, "no", "Connection: close\r\n"));
  });
  auto what = test::request_of(test::with_body, server.url());
  what.body = std::make_shared<const std::string>(std::size_t{2} << 20, 'x');  // curl asks from 1 MiB on
  CHECK(wire.ask(wire.open(), std::move(what)).reply.status == 417);
  REQUIRE(server.requests().size() == 1);
  CHECK(server.requests()[0].head.find("Expect") == std::string::npos);
}

TEST_CASE_FIXTURE(framing, "interim replies alone are no answer, and too many are too large") {
  const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  auto got = answered_with({go_on + go_on});
  CHECK(got.what == knowledge::ambiguous);
  CHECK(got.failure.code == why::broken);
  CHECK(got.reply.status == 0);
  got = answered_with({go_on, then::stand_still});
  CHECK(got.failure.code == why::timeout);
  std::string flood;
  for (int i = 0; i < 3'000; ++i) flood += go_on;
  check_refused(flood, why::too_large);
}

TEST_CASE_FIXTURE(framing, "another protocol that nobody asked for is no answer") {
  const std::string other = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n";
  check_refused(other, why::broken);
  check_refused(other + test::reply(200, "ok"), why::broken);
}

TEST_CASE_FIXTURE(framing, "a reply without a body needs none, whatever its length says") {
  auto got = answered_with({"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n", then::stand_still});
  CHECK(got.what == knowledge::answered);
  CHECK(got.reply.status == 204);
  got = answered_with({fine + "Content-Length: 2\r\n\r\n", then::stand_still}, {"HEAD", nullptr});
  CHECK(got.what == knowledge::answered);
  CHECK(got.reply.status == 200);
}

TEST_CASE_FIXTURE(framing, "a redirect is an answer and nobody follows it") {
  raw_server elsewhere(test::echo);
  for (const int status : {301, 302, 303, 307, 308})
    for (const auto& one : test::every_verb) {
      const auto got = answered_with({test::reply(status, "", "Location: " + elsewhere.url("/x") + "\r\n")}, one);
      CHECK(got.what == knowledge::answered);
      CHECK(got.reply.status == status);
    }
  CHECK(elsewhere.connections() == 0);  // so the key is not sent there either
}
