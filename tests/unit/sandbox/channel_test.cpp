#include "site.hpp"

#include <doctest/doctest.h>

namespace triggerd::sandbox::test {

namespace {

// A session on the task hello, and its channels.
class talk {
 public:
  talk() {
    const answered made = at.post("/api/v1/sessions", {{"type", "chat"},
                                                       {"externalId", "chat-1"},
                                                       {"taskIdentifier", "hello"},
                                                       {"triggerConfig", {{"basePayload", json::object()}}}});
    REQUIRE(made.status == 201);
    id = made.id();
    token = made.body.at("publicAccessToken");
  }

  answered append(const std::string& channel, const std::string& body, const char* key = prod_key,
                  header_list more = {}) {
    return at.send(at.make("POST", base + channel + "/append", body, key, std::move(more)));
  }
  answered read(const std::string& channel, header_list more = {}, const char* key = prod_key) {
    return at.get(base + channel, key, std::move(more));
  }
  json records(const std::string& channel, const std::string& query = {}) {
    return at.get(base + channel + "/records" + query).body.at("records");
  }

  site at;
  std::string id, token;
  const std::string base = "/realtime/v1/sessions/chat-1";
};

// The records of a stream's events.
std::vector<json> batches_in(const std::string& text) {
  std::vector<json> out;
  for (std::size_t at = text.find("data: "); at != std::string::npos; at = text.find("data: ", at + 1)) {
    const std::size_t end = text.find('\n', at);
    const json event = json::parse(text.substr(at + 6, end - at - 6));
    for (const json& one : event.at("records")) out.push_back(one);
  }
  return out;
}

// What a reader who waits hears from the first reply to the end.
std::string heard(site& at, request asked, milliseconds step, int steps) {
  reply got = at.server.handle(asked, at.now);
  std::string out = got.body;
  for (int i = 0; i < steps && got.again != nullptr; ++i) {
    at.pass(step);
    got = at.server.handle(*got.again, at.now);
    out += got.body;
  }
  return out;
}

}  // namespace

TEST_SUITE("channels") {
  TEST_CASE("what comes in is answered after a moment, and the turn is told complete") {
    talk of;
    const answered put = of.append("/in", R"({"text":"hi"})", prod_key, {{"x-part-id", "p1"}});
    CHECK(put.body == json({{"ok", true}, {"seq", 0}}));
    CHECK(of.records("/out").empty());
    of.at.pass(milliseconds(400));
    const json in = of.records("/in"), out = of.records("/out");
    CHECK(in == json::parse(R"([{"data":{"text":"hi"},"id":"p1","seqNum":0}])"));
    REQUIRE(out.size() == 2);
    CHECK(out[0].at("data") == json({{"echo", {{"text", "hi"}}}}));
    CHECK(out[1].at("headers") == json::parse(R"([["trigger-control","turn-complete"],["session-in-event-id","0"]])"));
    CHECK(out[1].at("data") == "");
    CHECK(of.records("/out", "?afterEventId=0").size() == 1);
    CHECK(of.at.get(of.base + "/out/records?afterEventId=x").status == 400);
  }

  TEST_CASE("a part that is sent again within five minutes is there once") {
    talk of;
    CHECK(of.append("/in", "raw text", prod_key, {{"x-part-id", "p1"}}).body.at("seq") == 0);
    of.at.pass(seconds(299));
    CHECK(of.append("/in", "raw text", prod_key, {{"x-part-id", "p1"}}).body.at("seq") == 0);
    CHECK(of.records("/in").size() == 1);
    CHECK(of.records("/in")[0].at("data") == "raw text");
    of.at.pass(seconds(1));
    CHECK(of.append("/in", "raw text", prod_key, {{"x-part-id", "p1"}}).body.at("seq") == 1);
    CHECK(of.append("/in", "a").body.at("seq") == 2);
    CHECK(of.append("/in", "a").body.at("seq") == 3);  // without a part every one counts
  }

  TEST_CASE("a record that is too large, without its length or for a closed session is refused") {
    talk of;
    CHECK(of.append("/in", std::string(1u << 20, 'x')).status == 200);
    const answered large = of.append("/in", std::string((1u << 20) + 1, 'x'));
    CHECK(large.status == 413);
    CHECK(large.body.at("ok") == false);
    request chunked = of.at.make("POST", of.base + "/in/append", "x", prod_key);
    std::erase_if(chunked.headers, [](const auto& one) { return one.first == "content-length"; });
    CHECK(of.at.send(chunked).status == 413);
    of.at.post("/api/v1/sessions/chat-1/close", json::object());
    const answered closed = of.append("/in", "x");
    CHECK(closed.status == 400);
    CHECK(closed.body.at("ok") == false);
    CHECK(of.records("/out").back().at("headers")[0] == json({"trigger-control", "session-closed"}));
    CHECK(of.at.get("/realtime/v1/sessions/nobody/in").text == "Session not found");
    CHECK(of.at.get("/realtime/v1/sessions/chat-1/sideways").status == 400);
  }

  TEST_CASE("a public token writes to in and reads both, and never writes to out") {
    talk of;
    const char* token = of.token.c_str();
    CHECK(of.append("/in", "x", token).status == 200);
    CHECK(of.append("/out", "x", token).status == 403);
    CHECK(of.append("/out", "x").status == 200);
    CHECK(of.at.send(of.at.make("PUT", of.base + "/in", "", token)).status == 202);
    CHECK(of.at.send(of.at.make("PUT", of.base + "/out", "", token)).status == 403);
    const answered init = of.at.send(of.at.make("PUT", of.base + "/out", "", prod_key));
    CHECK(init.body == json({{"version", "v2"}}));
    CHECK(init.header("x-s2-stream"));
    CHECK(of.at.get("/realtime/v1/sessions/" + of.id + "/out/records", token).status == 200);
    const answered writer = of.at.post("/api/v1/auth/public-tokens", {{"scopes", {"write:sessions"}}});
    const std::string writes = writer.body.at("token");
    CHECK(of.append("/in", "x", writes.c_str()).status == 200);
    CHECK(of.read("/out", {}, writes.c_str()).status == 403);
    CHECK(of.append("/out", "x", writes.c_str()).status == 403);
  }

  TEST_CASE("an ended run gives way to another when something comes in") {
    talk of;
    const std::string first = of.at.get("/api/v1/sessions/chat-1").body.at("currentRunId");
    of.at.pass(seconds(5));
    CHECK(of.at.status(first) == "COMPLETED");
    of.append("/in", "x");
    const std::string second = of.at.get("/api/v1/sessions/chat-1").body.at("currentRunId");
    CHECK(second != first);
    CHECK(of.at.status(second) == "QUEUED");
    of.append("/in", "y");
    CHECK(of.at.get("/api/v1/sessions/chat-1").body.at("currentRunId") == second);
  }

  TEST_CASE("a stream tells what is there, goes on with what comes, and ends after its timeout") {
    talk of;
    of.append("/in", "one");
    of.at.pass(seconds(1));
    const request asked = of.at.make("GET", of.base + "/out", "", prod_key, {{"timeout-seconds", "5"}});
    const reply first = of.at.server.handle(asked, of.at.now);
    CHECK(first_header(first.headers, "content-type") == "text/event-stream");
    CHECK(first_header(first.headers, "x-stream-version") == "v2");
    CHECK(first_header(first.headers, "x-session-settled") == "true");
    CHECK(first.body.starts_with("event: batch\nid: 1\ndata: {"));
    CHECK(batches_in(first.body).size() == 2);
    CHECK(first.streams);
    REQUIRE(first.again != nullptr);
    CHECK(*first.again->until == of.at.now + seconds(5));
    of.append("/in", "two");
    of.at.pass(seconds(1));
    const reply second = of.at.server.handle(*first.again, of.at.now);
    const auto more = batches_in(second.body);
    REQUIRE(more.size() == 2);
    CHECK(more[0].at("seq_num") == 2);
    CHECK(json::parse(more[0].at("body").get<std::string>()).at("data") == json({{"echo", "two"}}));
    CHECK(more[1].at("body") == "");
    CHECK(more[1].at("headers")[0] == json({"trigger-control", "turn-complete"}));
    const reply silent = of.at.server.handle(*second.again, of.at.now);
    CHECK(silent.body.empty());
    of.at.pass(seconds(4));
    const reply over = of.at.server.handle(*silent.again, of.at.now);
    CHECK(over.again == nullptr);
    CHECK(of.at.server.requests() == 4);  // asking on is no request
  }

  TEST_CASE("a reader resumes after a record, starts at the end, or only peeks") {
    talk of;
    of.append("/in", "one");
    of.at.pass(seconds(1));
    CHECK(batches_in(of.read("/out", {{"last-event-id", "0"}}).text).size() == 1);
    CHECK(of.read("/out", {{"x-trigger-stream-start", "latest"}}).text.empty());
    // of the two the place counts
    const header_list both = {{"last-event-id", "0"}, {"x-trigger-stream-start", "latest"}};
    CHECK(batches_in(of.read("/out", both).text).size() == 1);
    const request latest = of.at.make("GET", of.base + "/out", "", prod_key, {{"x-trigger-stream-start", "latest"}});
    const reply waits = of.at.server.handle(latest, of.at.now);
    of.append("/in", "two");
    of.at.pass(seconds(1));
    CHECK(batches_in(of.at.server.handle(*waits.again, of.at.now).body).size() == 2);
    const request peek = of.at.make("GET", of.base + "/out", "", prod_key, {{"x-peek-settled", "1"}});
    const reply settled = of.at.server.handle(peek, of.at.now);
    CHECK(settled.again == nullptr);
    CHECK(batches_in(settled.body).size() == 4);
    of.append("/in", "three");
    const std::string unsettled = heard(of.at, peek, milliseconds(400), 10);
    CHECK(batches_in(unsettled).size() == 6);
    for (const char* odd : {"0", "601", "x", ""}) {
      const answered refused = of.read("/out", {{"timeout-seconds", odd}});
      CHECK(refused.status == 400);
      CHECK(refused.header("content-type") == "text/plain; charset=utf-8");
    }
  }

  TEST_CASE("named channels stand beside the session's own") {
    talk of;
    CHECK(of.append("/channels/side.a/in", R"({"n":1})").body.at("seq") == 0);
    of.at.pass(seconds(1));
    CHECK(of.records("/channels/side.a/out").size() == 2);
    CHECK(of.records("/in").empty());
    CHECK(of.records("/channels/other/in").empty());
    CHECK(batches_in(of.read("/channels/side.a/in").text).size() == 1);
    CHECK(of.append("/channels/side.a/out", "x", of.token.c_str()).status == 403);
  }

  TEST_CASE("the oldest records go when a channel grows too large") {
    talk of;
    for (int i = 0; i < 20; ++i) of.append("/out", std::string(1u << 20, 'x'));
    const json kept = of.records("/out");
    CHECK(kept.size() == 15);
    CHECK(kept.back().at("seqNum") == 19);
  }
}

TEST_SUITE("run streams") {
  TEST_CASE("what is written to a run's stream is read from it, in the form it was made for") {
    site at;
    const std::string id = at.trigger("slow").id();
    const std::string base = "/realtime/v1/streams/" + id;
    const request init =
        at.make("PUT", base + "/self/progress", "", prod_key, {{"x-trigger-realtime-streams-version", "v2"}});
    const answered made = at.send(init);
    CHECK(made.status == 202);
    CHECK(made.body == json({{"version", "v2"}}));
    CHECK(at.post(base + "/self/progress/append", {{"n", 1}}).body == json({{"ok", true}}));
    const answered newer = at.get(base + "/progress");
    CHECK(newer.header("x-stream-version") == "v2");
    CHECK(batches_in(newer.text).size() == 1);
    CHECK(at.post(base + "/parent/plain/append", {{"n", 2}}).status == 200);
    const answered older = at.get(base + "/plain");
    CHECK(older.header("x-stream-version") == "v1");
    CHECK(older.text == "id: " + std::to_string(at.now.time_since_epoch().count()) + "-0\ndata: {\"n\":2}\n\n");
    const std::string seen = std::to_string(at.now.time_since_epoch().count()) + "-0";
    CHECK(at.get(base + "/plain", prod_key, {{"last-event-id", seen}}).text.empty());
    CHECK(at.post(base + "/nobody/plain/append", {{"n", 2}}).status == 400);
    CHECK(at.get("/realtime/v1/streams/run_nope/x").text == "Run not found");
  }

  TEST_CASE("input goes to a run that has not ended, by a key or the token of its trigger") {
    site at;
    const answered run = at.trigger("slow");
    const std::string base = "/realtime/v1/streams/" + run.id();
    const std::string token = *run.header("x-trigger-jwt");
    CHECK(at.post(base + "/input/approvals", {{"data", {{"ok", true}}}}, token.c_str()).body == json({{"ok", true}}));
    CHECK(at.get(base + "/input/approvals", token.c_str()).text.find(R"({"ok":true})") != std::string::npos);
    CHECK(at.get(base + "/approvals").text.empty());  // what a run writes is apart
    const answered odd = at.post(base + "/input/approvals", {{"dat", 1}});
    CHECK(odd.status == 400);
    CHECK(odd.body.at("ok") == false);
    CHECK(at.post(base + "/self/progress/append", json::object(), token.c_str()).status == 401);
    const std::string ended = at.trigger("hello").id();
    at.pass(seconds(5));
    CHECK(at.post("/realtime/v1/streams/" + ended + "/input/approvals", {{"data", 1}}).status == 400);
  }
}

}  // namespace triggerd::sandbox::test
