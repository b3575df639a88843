#include "ctl/call_view.hpp"
#include "ctl/endpoints_view.hpp"
#include "ctl/session_view.hpp"
#include "samples.hpp"
#include "spec/endpoint.hpp"

#include <algorithm>

using namespace triggerd;
using nlohmann::json;
using test::paper;
using test::reply_of;

namespace {

ctl::screen terminal() {
  ctl::screen out = paper();
  out.width = 80;
  return out;
}

}  // namespace

TEST_CASE("a call shows the server's reply, whatever it is") {
  CHECK(show_call(reply_of("Call", R"({"status": 200, "reply": {"json": {"data": [1, "zwölf"]}}})"), paper()) ==
        "{\n  \"data\": [\n    1,\n    \"zwölf\"\n  ]\n}\n");
  CHECK(show_call(reply_of("Call", R"({"status": 200, "reply": {"json": null}})"), paper()) == "null\n");
  const auto text =
      reply_of("Call", R"({"status": 200, "content_type": "text/plain", "reply": {"text": "a\u001b[2J\nb\n"}})");
  CHECK(show_call(text, paper()) == "a\033[2J\nb\n");  // a file gets the bytes
  CHECK(show_call(text, terminal()) == "a\\x1b[2J\nb\n");
  CHECK(show_call(reply_of("Call", R"({"status": 204, "reply": {}})"), paper()) ==
        "done: the server answered 204 and said nothing\n");
}

TEST_CASE("a token is printed alone") {
  const auto reply = reply_of("Token", R"({"token": "eyJ.a.b", "expires": "2026-11-24T12:15:00.000Z"})");
  CHECK(show_token(reply, terminal()) == "eyJ.a.b\n");
  CHECK(show_token(json::object(), paper()).empty());
}

TEST_CASE("records of a session stand one a line, the control records apart") {
  const auto reply = reply_of("SessionTail", R"({"records": [
    {"seq": 0, "part": "p", "data": {"json": {"type": "message", "text": "hi"}}},
    {"seq": 1, "data": {"json": "two\nlines"}},
    {"seq": 2, "control": "turn-complete", "headers": {"trigger-control": "turn-complete", "session-in-event-id": "4"},
     "data": {}}]})");
  CHECK(show_session(reply, paper()) ==
        "     0  {\"text\":\"hi\",\"type\":\"message\"}\n"
        "     1  two\\x0alines\n"
        "     2  [turn-complete session-in-event-id=4]\n");
  CHECK(show_session(reply_of("SessionTail", R"({"records": [], "next_from": 7})"), paper()) ==
        "there is more: --from 7\n");
  CHECK(show_session(reply_of("SessionAppend", R"({"seq": 12})"), paper()) == "appended as record 12\n");
  CHECK(show_session(reply_of("SessionAppend", "{}"), paper()) == "appended\n");
}

TEST_CASE("every endpoint is listed with who may call it") {
  ctl::arguments said;
  const std::string table = show_endpoints(said, paper());
  CHECK(static_cast<std::size_t>(std::count(table.begin(), table.end(), '\n')) == spec::endpoints().size() + 1);
  const auto row = table.find("\nruns.replay ");
  REQUIRE(row != std::string::npos);
  const std::string line = table.substr(row + 1, table.find('\n', row + 1) - row - 1);
  CHECK(line.find("POST") != std::string::npos);
  CHECK(line.find("/api/v1/runs/{runId}/replay") != std::string::npos);
  CHECK(line.ends_with("a secret key or an additional key"));
  CHECK(table.find("anybody") != std::string::npos);
  said.names = true;
  CHECK(show_endpoints(said, paper()).starts_with("tasks.trigger\n"));
  said.names = false;
  said.json = true;
  const std::string lines = show_endpoints(said, paper());
  const json first = json::parse(lines.substr(0, lines.find('\n')));
  CHECK(first.at("id") == "tasks.trigger");
  CHECK(first.at("method") == "POST");
  CHECK(first.at("body") == "json");
}
