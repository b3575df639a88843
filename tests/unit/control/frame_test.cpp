#include "control/frame.hpp"

#include <doctest/doctest.h>

using triggerd::control::frame_reader;
using namespace std::string_view_literals;

TEST_CASE("messages come out whole whatever the pieces were") {
  const auto stream = "{\"a\":1}\0{}\0\0{\"b\":2}\0"sv;
  for (std::size_t step = 1; step <= stream.size(); ++step) {
    frame_reader frames(64);
    std::string seen;
    for (std::size_t at = 0; at < stream.size(); at += step) CHECK(frames.feed(stream.substr(at, step)));
    CHECK(frames.waiting() == 4);
    while (auto one = frames.take()) seen += *one + "|";
    CHECK(seen == "{\"a\":1}|{}||{\"b\":2}|");
  }
}

TEST_CASE("a message of exactly the limit passes, one byte more ends the reading") {
  frame_reader frames(8);
  CHECK(frames.feed("12345678\0"sv));
  CHECK(frames.take() == "12345678");
  CHECK(frames.feed("1234567"sv));
  CHECK_FALSE(frames.feed("89"sv));
  CHECK_FALSE(frames.feed("\0ok\0"sv));
  CHECK_FALSE(frames.take().has_value());
}

TEST_CASE("what came before an oversized message is still served") {
  frame_reader frames(4);
  CHECK_FALSE(frames.feed("ok\0too long\0"sv));
  CHECK(frames.take() == "ok");
  CHECK(frames.overflown());
}
