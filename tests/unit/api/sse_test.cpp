#include "api/sse.hpp"
#include "api/codes.hpp"
#include "api/sessions.hpp"
#include "base/limits.hpp"
#include "unit/api/calls.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

std::vector<sse_event> events_of(std::string_view bytes, std::size_t piece = SIZE_MAX) {
  sse_parser parser;
  std::vector<sse_event> all;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto part = bytes.substr(at, piece);
    for (auto& one : parser.take(part).value()) all.push_back(std::move(one));
    at += part.size();
  }
  return all;
}

transport::outcome status(int code) {
  transport::outcome seen;
  seen.what = transport::knowledge::answered;
  seen.reply.status = code;
  return seen;
}

call subscription() {
  stream_request how;
  how.from_latest = true;
  return subscribe_channel({"chat", channel_side::out}, how).value();
}

std::string header(const call& what, std::string_view name) {
  for (const auto& [known, value] : what.headers)
    if (known == name) return value;
  return "(none)";
}

}  // namespace

TEST_CASE("events are read the same in pieces of any size and with any line ends") {
  const std::string lines[] = {"\xef\xbb\xbf: hello",
                               "event: batch",
                               "id: 5",
                               "data: {\"a\":1}",
                               "data:two",
                               "",
                               "data",
                               "",
                               "retry: 250",
                               "event:",
                               "data: x",
                               "",
                               "data: cut off"};
  for (const auto* end : {"\n", "\r", "\r\n"}) {
    std::string bytes;
    for (const auto& line : lines) bytes += line + end;
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
      CAPTURE(piece);
      const auto events = events_of(bytes, piece);
      REQUIRE(events.size() == 3);
      CHECK(events[0].type == "batch");
      CHECK(events[0].id == "5");
      CHECK(events[0].data == "{\"a\":1}\ntwo");
      CHECK(events[1].type == "message");
      CHECK(events[1].id == "5");  // it holds until another is named
      CHECK(events[1].data.empty());
      CHECK(events[2].type == "message");
      CHECK(events[2].data == "x");
      CHECK(events[2].retry == milliseconds(250));
    }
  }
}

TEST_CASE("an event without data is none, but its id counts") {
  const auto events = events_of("event: ping\n\nid: 7\n\n\n\ndata: x\n\nid\ndata: y\n\n");
  REQUIRE(events.size() == 2);
  CHECK(events[0].id == "7");
  CHECK(events[0].type == "message");
  CHECK(events[1].id.empty());
}

TEST_CASE("what an event does not know is left out") {
  using namespace std::string_view_literals;
  const auto events =
      events_of("unknown: 1\nid: a\0b\nretry: 5x\nretry: -1\nretry: 99999999999\ndata:  two blanks\n\n"sv);
  REQUIRE(events.size() == 1);
  CHECK(events[0].id.empty());
  CHECK_FALSE(events[0].retry.has_value());
  CHECK(events[0].data == " two blanks");
  CHECK(events_of("data: a\n\n\xef\xbb\xbf"
                  "data: b\n\n")
            .size() == 1);  // the mark stands at the beginning alone
}

TEST_CASE("a line or an event beyond the bounds ends the reading") {
  sse_parser parser;
  const std::string most(limits::event_line, 'x');
  CHECK(parser.take(most).has_value());
  CHECK(parser.take("x").error().code == api::codes::unreadable);
  sse_parser lines;
  const std::string half = "data: " + std::string(limits::event_data / 2, 'x') + '\n';
  CHECK(lines.take(half).has_value());
  CHECK(lines.take(half).error().code == api::codes::unreadable);
}

TEST_CASE("a stream that ended in order is complete") {
  seeded_random random(1);
  sse_session session(subscription(), random);
  CHECK(session.ended(status(200)).step == stream_step::completed);
}

TEST_CASE("statuses that nothing mends end a subscription, others are asked again") {
  seeded_random random(1);
  for (const int code : {301, 400, 401, 403, 404, 405, 409, 410, 413, 422, 501}) {
    CAPTURE(code);
    CHECK(sse_session(subscription(), random).ended(status(code)).step == stream_step::refused);
  }
  for (const int code : {408, 425, 429, 500, 502, 503, 504}) {
    CAPTURE(code);
    CHECK(sse_session(subscription(), random).ended(status(code)).step == stream_step::reconnect);
  }
  for (const auto what : {transport::knowledge::not_sent, transport::knowledge::ambiguous}) {
    auto seen = status(200);  // the head had come
    seen.what = what;
    CHECK(sse_session(subscription(), random).ended(seen).step == stream_step::reconnect);
  }
}

TEST_CASE("waits double from 100 ms to 5 s, of which half is chance, and are short again after a record") {
  seeded_random random(3);
  sse_session session(subscription(), random);
  for (const int bound : {100, 200, 400, 800, 1'600, 3'200, 5'000, 5'000}) {
    const auto wait = session.broken().wait;
    CAPTURE(bound);
    CHECK(wait >= milliseconds(bound / 2));
    CHECK(wait <= milliseconds(bound));
  }
  session.received("9");
  CHECK(session.broken().wait <= milliseconds(100));
}

TEST_CASE("a broken stream is resumed after the last record") {
  seeded_random random(1);
  sse_session session(subscription(), random);
  CHECK(header(session.next_request(), "x-trigger-stream-start") == "latest");
  session.received("");
  CHECK(header(session.next_request(), "last-event-id") == "(none)");
  session.received("4");
  session.received("5");
  const auto next = session.next_request();
  CHECK(header(next, "last-event-id") == "5");
  CHECK(header(next, "x-trigger-stream-start") == "(none)");
  CHECK(header(next, "accept") == "text/event-stream");
  CHECK(next.headers.size() == 2);
}
