#include "api/channel_records.hpp"
#include "api/streams.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "unit/api/reader_bench.hpp"
#include "unit/api/recording.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

sse_event batch(const std::string& records) {
  return {.type = "batch", .id = "1", .data = R"({"records":)" + records + '}', .retry = {}};
}

std::string data_record(int seq, const std::string& part, const std::string& data) {
  const json body{{"data", data}, {"id", part}};
  return json{{"seq_num", seq}, {"timestamp", 1'768'471'200'000}, {"body", body.dump()}, {"headers", json::array()}}
      .dump();
}

std::vector<channel_record> read_all(const transport::response& reply, channel_reader& reader) {
  sse_parser parser;
  std::vector<channel_record> all;
  for (const auto& event : parser.take(reply.body).value())
    for (auto& record : reader.take(event).value()) all.push_back(std::move(record));
  return all;
}

}  // namespace

TEST_CASE("data and control records are read from batches, storage commands are not") {
  channel_reader reader;
  const auto records = read_all(answer_of("sessions.out.read-data-and-control"), reader);
  REQUIRE(records.size() == 2);
  CHECK(json::parse(records[0].data) == json{{"type", "text"}, {"text", "hello"}});
  CHECK(records[0].part == "p1");
  CHECK(records[0].seq == 5u);
  CHECK(records[0].at == text::parse_iso("2026-01-15T10:00:00.000Z"));
  CHECK_FALSE(records[0].is_control());
  CHECK(records[1].control == "turn-complete");
  CHECK(records[1].header("session-in-event-id") == "2");
  CHECK(records[1].header("other").empty());
  CHECK(records[1].position == "6");
  CHECK(reader.position() == "7");  // the command's
}

TEST_CASE("records of version 1 are one for each event") {
  channel_reader reader;
  const auto records = read_all(answer_of("realtime.fetchStream-run-stream"), reader);
  REQUIRE(records.size() == 2);
  CHECK(records[0].data == R"({"n":1})");
  CHECK(records[1].position == "1768471200001-0");
  CHECK_FALSE(records[1].seq.has_value());
  CHECK(reader.position() == "1768471200001-0");
  CHECK(reader.take({.type = "message", .id = "9-0", .data = "plain", .retry = {}}).value().at(0).data == "\"plain\"");
}

TEST_CASE("a part that was seen is skipped, but its position counts") {
  channel_reader reader;
  CHECK(reader.take(batch('[' + data_record(1, "p", "a") + ',' + data_record(2, "p", "a") + ']')).value().size() == 1);
  CHECK(reader.position() == "2");
  CHECK(reader.take(batch('[' + data_record(3, "p", "a") + ']')).value().empty());
  CHECK(reader.position() == "3");
  CHECK(reader.take(batch('[' + data_record(4, "", "a") + ',' + data_record(5, "", "a") + ']')).value().size() == 2);
}

TEST_CASE("the last 5,000 parts are remembered") {
  seen_parts parts;
  for (std::size_t i = 0; i < limits::remembered_parts; ++i) CHECK(parts.first_time(std::to_string(i)));
  CHECK_FALSE(parts.first_time("0"));
  CHECK(parts.first_time("one more"));
  CHECK(parts.first_time("0"));  // forgotten for it
  CHECK_FALSE(parts.first_time("4999"));
}

TEST_CASE("a body that is no envelope is kept as it is") {
  channel_reader reader;
  const auto of = [&](const std::string& body) {
    return reader.take(batch(json::array({{{"seq_num", 1}, {"body", body}}}).dump())).value().at(0).data;
  };
  CHECK(of("raw") == "\"raw\"");
  CHECK(of("[1]") == "[1]");
  CHECK(of("") == "\"\"");
  CHECK(of(R"({"data":null,"id":"x"})") == "null");
}

TEST_CASE("data nested deeper than is safe to write is unreadable and moves nothing") {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  for (const auto& body : {deep, R"({"data":)" + deep + '}'}) {
    channel_reader reader;
    CHECK_FALSE(reader.take(batch(json::array({{{"seq_num", 5}, {"body", body}}}).dump())).has_value());
    CHECK_FALSE(reader.take({.type = "message", .id = "9-0", .data = body, .retry = {}}).has_value());
    CHECK(reader.position().empty());
  }
}

TEST_CASE("what is no batch is unreadable and moves nothing") {
  channel_reader reader;
  REQUIRE(reader.take(batch('[' + data_record(1, "p", "a") + ']')).has_value());
  for (const auto* data :
       {"", "{", "[]", "null", R"({"records":5})", R"({"records":[5]})", R"({"records":[{"body":"x"}]})",
        R"({"records":[{"seq_num":-1}]})", R"({"records":[{"seq_num":9,"body":"x"},{}]})"}) {
    const std::string shown = data;
    CAPTURE(shown);
    const auto read = reader.take({.type = "batch", .id = "9", .data = data, .retry = {}});
    CHECK(read.error().code == api::codes::unreadable);
    CHECK(reader.position() == "1");
  }
  CHECK(reader.take({.type = "ping", .id = "", .data = "x", .retry = {}}).value().empty());
  CHECK(reader.position() == "1");
}

TEST_CASE("a drain keeps what people wrote") {
  const auto body =
      R"({"records":[{"data":"a","id":"p","seqNum":1},{"data":"","seqNum":2,"headers":[["","trim"]]},)"
      R"({"data":"a","id":"p","seqNum":"3"},{"data":"","seqNum":4,"headers":[["trigger-control","x"],5]}]})";
  const auto records = read_drained(response(200, body)).value();
  REQUIRE(records.size() == 3);
  CHECK(records[1].position == "3");
  CHECK(records[2].control == "x");
}

TEST_CASE("streams of runs are read, opened and written to") {
  const std::string run = "run_9zk1aa2bb3cc4dd5ee6ff7gg8";
  check_request(read_stream(run, "default", {}).value(), "realtime.fetchStream-run-stream");
  check_request(append_to_stream(run, stream_target::self, "default", R"({"n":1})").value().what,
                "streams.append-run-scoped");
  check_request(send_input(run, "approvals", R"({"ok":true})").value().what, "streams.input-send");
  CHECK(open_stream("r", stream_target::parent, "k").what.path == "/realtime/v1/streams/r/parent/k");
  CHECK(open_stream("r", stream_target::root, "k").what.endpoint->method == "PUT");
  CHECK_FALSE(append_to_stream(run, stream_target::self, "k", "x").value().what.repeatable());
  CHECK_FALSE(send_input(run, "k", "1").value().what.repeatable());
}

TEST_CASE("what a stream would not take is refused") {
  CHECK_FALSE(
      append_to_stream("r", stream_target::self, "k", std::string(limits::channel_record + 1, 'x')).has_value());
  CHECK_FALSE(send_input("r", "k", "{").has_value());
  CHECK_FALSE(send_input("r", "k", '"' + std::string(limits::channel_record, 'x') + '"').has_value());
  stream_request how;
  how.timeout = seconds(601);
  CHECK_FALSE(read_stream("r", "k", how).has_value());
  const auto sent = send_input("r", "k", "1").value();
  CHECK(sent.read(response(200, R"({"ok":true})")).has_value());
  CHECK_FALSE(sent.read(response(200, R"({"ok":false,"error":"x"})")).has_value());
}
