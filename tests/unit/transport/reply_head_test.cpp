#include "transport/reply_head.hpp"

#include "base/limits.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace triggerd;
using transport::reply_head;
using step = reply_head::step;

TEST_CASE("a head is whole at its empty line and not before") {
  reply_head head;
  CHECK(head.line("HTTP/1.1 429 Too Many Requests\r\n") == step::more);
  CHECK(head.line("Retry-After:  7 \r\n") == step::more);
  CHECK(head.status() == 0);
  CHECK_FALSE(head.is_whole());
  CHECK(head.line("\r\n") == step::whole);
  CHECK(head.status() == 429);
  CHECK(head.take().first("retry-after") == "7");
}

TEST_CASE("a status line needs no reason, and HTTP/2 has a short one") {
  for (const char* line : {"HTTP/2 204 \r\n", "HTTP/1.1 204\r\n", "HTTP/1.0 204 No Content\n"}) {
    reply_head head;
    (void)head.line(line);
    (void)head.line("\r\n");
    CHECK(head.status() == 204);
  }
}

TEST_CASE("what is no status line never becomes a whole head") {
  for (const char* line :
       {"", "SSH-2.0\r\n", "HTTP/1.1\r\n", "HTTP/1.1 abc\r\n", "HTTP/1.1 99 Low\r\n", "x: HTTP/1.1 200\r\n"}) {
    CAPTURE(line);
    reply_head head;
    (void)head.line(line);
    CHECK(head.line("\r\n") == step::more);
    CHECK(head.status() == 0);
  }
}

TEST_CASE("interim heads are dropped with their headers") {
  reply_head head;
  for (const char* line :
       {"HTTP/1.1 100 Continue\r\n", "\r\n", "HTTP/1.1 103 Early Hints\r\n", "link: early\r\n", "\r\n"})
    CHECK(head.line(line) == step::more);
  CHECK_FALSE(head.is_whole());
  (void)head.line("HTTP/1.1 200 OK\r\n");
  (void)head.line("link: late\r\n");
  CHECK(head.line("\r\n") == step::whole);
  const auto headers = head.take();
  REQUIRE(headers.all("link").size() == 1);
  CHECK(headers.first("link") == "late");
}

TEST_CASE("trailers are not headers") {
  reply_head head;
  (void)head.line("HTTP/1.1 200 OK\r\n");
  (void)head.line("\r\n");
  CHECK(head.line("x-trailer: 1\r\n") == step::more);
  CHECK(head.line("\r\n") == step::more);
  CHECK(head.take().list().empty());
}

TEST_CASE("repeated headers are kept in order, lines without a colon are passed over") {
  reply_head head;
  (void)head.line("HTTP/1.1 200 OK\r\n");
  (void)head.line("X-Limit: 1\r\n");
  (void)head.line("no colon here\r\n");
  (void)head.line("x-limit: 2:3\r\n");
  (void)head.line("empty:\r\n");
  (void)head.line("\r\n");
  const auto headers = head.take();
  REQUIRE(headers.all("x-limit").size() == 2);
  CHECK(headers.all("x-limit")[1] == "2:3");
  CHECK(headers.first("empty") == "");
  CHECK(headers.list().size() == 3);
}

TEST_CASE("all lines count against the limit, interim heads and trailers too") {
  const std::string half = "x: " + std::string(limits::response_headers / 2, 'y') + "\r\n";
  reply_head head;
  SUBCASE("one head") {
    (void)head.line("HTTP/1.1 200 OK\r\n");
    CHECK(head.line(half) == step::more);
  }
  SUBCASE("interim heads") {
    (void)head.line("HTTP/1.1 103 Early Hints\r\n");
    (void)head.line(half);
    (void)head.line("\r\n");
    (void)head.line("HTTP/1.1 200 OK\r\n");
  }
  SUBCASE("trailers") {
    (void)head.line("HTTP/1.1 200 OK\r\n");
    (void)head.line("\r\n");
    (void)head.line(half);
  }
  CHECK(head.line(half) == step::over_limit);
}

TEST_CASE("a head exactly at the limit is fine, and a byte more is not") {
  const std::string status = "HTTP/1.1 200 OK\r\n";
  const std::string filler(limits::response_headers - status.size() - 2, 'x');
  reply_head head;
  CHECK(head.line(status) == step::more);
  CHECK(head.line(filler) == step::more);
  CHECK(head.line("\r\n") == step::whole);
  CHECK(head.line("x") == step::over_limit);
}

TEST_CASE("a length is one number, however often it is said") {
  const auto after = [](std::initializer_list<const char*> lines) {
    reply_head head;
    auto last = head.line("HTTP/1.1 200 OK\r\n");
    for (const char* line : lines) last = head.line(line);
    return last;
  };
  for (const char* line : {"Content-Length: 0\r\n", "content-length:9223372036854775807\r\n"})
    CHECK(after({line}) == step::more);
  CHECK(after({"Content-Length: 7\r\n", "content-length: 7\r\n"}) == step::more);
  for (const char* line :
       {"Content-Length: -1\r\n", "Content-Length: +1\r\n", "Content-Length:\r\n", "Content-Length: 7x\r\n",
        "Content-Length: 7, 7\r\n", "Content-Length: 9223372036854775808\r\n"}) {
    CAPTURE(line);
    CHECK(after({line}) == step::malformed);
  }
  CHECK(after({"Content-Length: 7\r\n", "Content-Length: 8\r\n"}) == step::malformed);
}

TEST_CASE("the length of an interim reply is not the reply's") {
  reply_head head;
  for (const char* line : {"HTTP/1.1 103 Early Hints\r\n", "Content-Length: 7\r\n", "\r\n", "HTTP/1.1 200 OK\r\n"})
    CHECK(head.line(line) == step::more);
  CHECK(head.line("Content-Length: 8\r\n") == step::more);
  CHECK(head.line("\r\n") == step::whole);
}
