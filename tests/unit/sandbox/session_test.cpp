#include "site.hpp"

#include "sandbox/public_tokens.hpp"

#include <doctest/doctest.h>

namespace triggerd::sandbox::test {

namespace {

json session_order_of(const std::string& external, const std::string& task = "hello") {
  json out = {{"type", "chat"}, {"taskIdentifier", task}, {"triggerConfig", {{"basePayload", {{"n", 1}}}}}};
  if (!external.empty()) out["externalId"] = external;
  return out;
}

answered patch(site& at, const std::string& target, const json& body, const char* key = prod_key) {
  return at.send(at.make("PATCH", target, body.dump(), key));
}

}  // namespace

TEST_SUITE("sessions") {
  TEST_CASE("a session is made once for its external id, and refreshed after that") {
    site at;
    json order = session_order_of("chat-1");
    order["tags"] = {"t"};
    order["metadata"] = {{"user", 1}};
    const answered made = at.post("/api/v1/sessions", order);
    CHECK(made.status == 201);
    CHECK(made.body.at("isCached") == false);
    CHECK(made.id().starts_with("session_"));
    CHECK(made.body.at("runId") == made.body.at("currentRunId"));
    CHECK_FALSE(made.body.contains("pendingVersion"));
    CHECK(at.run(made.body.at("runId")).at("payload").at("sessionId") == made.id());
    order["triggerConfig"]["basePayload"]["n"] = 2;
    const answered again = at.post("/api/v1/sessions", order);
    CHECK(again.status == 200);
    CHECK(again.body.at("isCached") == true);
    CHECK(again.id() == made.id());
    CHECK(again.body.at("triggerConfig").at("basePayload").at("n") == 2);
    CHECK(at.post("/api/v1/sessions", session_order_of("")).id() !=
          at.post("/api/v1/sessions", session_order_of("")).id());
    for (const std::string& name : {made.id(), std::string("chat-1")})
      CHECK(at.get("/api/v1/sessions/" + name).id() == made.id());
    CHECK(at.get("/api/v1/sessions/" + made.id(), staging_key).error() == "Session not found");
  }

  TEST_CASE("one token opens a session by both of its names, but does not end it") {
    site at;
    const answered made = at.post("/api/v1/sessions", session_order_of("chat-1"));
    const std::string token = made.body.at("publicAccessToken");
    const answered other = at.post("/api/v1/sessions", session_order_of("chat-2"));
    for (const std::string& name : {made.id(), std::string("chat-1")}) {
      const std::string base = "/api/v1/sessions/" + name;
      CHECK(at.get(base, token.c_str()).status == 200);
      CHECK(at.get(base + "/snapshot-url", token.c_str()).status == 200);
      CHECK(patch(at, base, {{"tags", {"x"}}}, token.c_str()).status == 403);
      CHECK(at.post(base + "/close", json::object(), token.c_str()).status == 403);
      CHECK(at.get(base + "/transcript", token.c_str()).status == 401);
    }
    CHECK(at.get("/api/v1/sessions/" + other.id(), token.c_str()).status == 403);
    const answered admin = at.post("/api/v1/auth/public-tokens", {{"scopes", {"admin"}}});
    const std::string all = admin.body.at("token");
    CHECK(at.post("/api/v1/sessions/chat-1/close", json::object(), all.c_str()).status == 200);
  }

  TEST_CASE("a closed or expired session takes no new life") {
    site at;
    at.post("/api/v1/sessions", session_order_of("chat-1"));
    const answered closed = at.post("/api/v1/sessions/chat-1/close", {{"reason", "done"}});
    CHECK(closed.body.at("closedReason") == "done");
    const json first = closed.body.at("closedAt");
    at.pass(seconds(1));
    const answered again = at.post("/api/v1/sessions/chat-1/close", {{"reason", "other"}});
    CHECK(again.body.at("closedAt") == first);
    CHECK(again.body.at("closedReason") == "done");
    CHECK(at.post("/api/v1/sessions", session_order_of("chat-1")).status == 409);
    json brief = session_order_of("chat-2");
    brief["expiresAt"] = "2026-11-24T00:00:00.000Z";
    brief["expiresAt"] = "2027-01-01T00:00:00.000Z";
    at.post("/api/v1/sessions", brief);
    at.pass(std::chrono::hours(24 * 60));
    CHECK(at.post("/api/v1/sessions", brief).status == 409);
    const json end = {{"callingRunId", "run_x"}, {"reason", "upgrade"}};
    CHECK(at.post("/api/v1/sessions/chat-1/end-and-continue", end).status == 400);
    CHECK(at.post("/api/v1/sessions/nobody/close", json::object()).status == 404);
  }

  TEST_CASE("an update changes tags and metadata, and gives a name only once") {
    site at;
    const std::string id = at.post("/api/v1/sessions", session_order_of("")).id();
    at.post("/api/v1/sessions", session_order_of("taken"));
    const std::string base = "/api/v1/sessions/" + id;
    const answered changed = patch(at, base, {{"tags", {"a", "b"}}, {"metadata", {{"k", 1}}}});
    CHECK(changed.body.at("tags") == json({"a", "b"}));
    CHECK(patch(at, base, {{"metadata", nullptr}}).body.at("metadata") == nullptr);
    CHECK(patch(at, base, {{"externalId", "taken"}}).status == 409);
    CHECK(patch(at, base, {{"externalId", "mine"}}).body.at("externalId") == "mine");
    CHECK(patch(at, base, {{"externalId", "mine"}}).status == 200);
    CHECK(patch(at, base, {{"externalId", "yours"}}).status == 422);
    CHECK(at.get("/api/v1/sessions/mine").id() == id);
    CHECK(patch(at, base, {{"metadata", 1}}).status == 400);
    CHECK(patch(at, base, {{"tags", "a"}}).status == 400);
    CHECK(patch(at, base, {{"tags", std::vector<std::string>(11, "t")}}).status == 400);
  }

  TEST_CASE("the current run hands over to a new one, an overtaken run does not") {
    site at;
    const answered made = at.post("/api/v1/sessions", session_order_of("chat-1"));
    const json end = {{"callingRunId", made.body.at("runId")}, {"reason", "upgrade"}};
    const answered next = at.post("/api/v1/sessions/chat-1/end-and-continue", end);
    CHECK(next.body.at("swapped") == true);
    CHECK(next.body.at("runId") != made.body.at("runId"));
    const answered late = at.post("/api/v1/sessions/chat-1/end-and-continue", end);
    CHECK(late.body.at("swapped") == false);
    CHECK(late.body.at("runId") == next.body.at("runId"));
    CHECK(at.post("/api/v1/sessions/chat-1/end-and-continue", {{"reason", "x"}}).status == 400);
    CHECK(at.post("/api/v1/sessions/chat-1/end-and-continue", {{"callingRunId", "r"}}).status == 400);
    const json wordy = {{"callingRunId", "r"}, {"reason", std::string(65, 'x')}};
    CHECK(at.post("/api/v1/sessions/chat-1/end-and-continue", wordy).status == 400);
  }

  TEST_CASE("a session of a task that nobody deployed says that it waits for its version") {
    site at;
    CHECK(at.post("/api/v1/sessions", session_order_of("chat-1", "nobody")).body.at("pendingVersion") == true);
  }

  TEST_CASE("lists are filtered and paged, newest first") {
    site at;
    std::vector<std::string> made;
    for (int i = 0; i < 25; ++i) {
      json order = session_order_of("chat-" + std::to_string(i), i % 2 == 0 ? "hello" : "slow");
      if (i == 3) order["tags"] = {"red"};
      made.push_back(at.post("/api/v1/sessions", order).id());
      at.pass(milliseconds(1));
    }
    at.post("/api/v1/sessions/chat-4/close", json::object());
    const auto count = [&](const std::string& query) {
      return at.get("/api/v1/sessions?" + query).body.at("data").size();
    };
    CHECK(count("page[size]=100") == 25);
    CHECK(count("page[size]=100&filter[taskIdentifier]=slow") == 12);
    CHECK(count("filter[tags]=red,blue") == 1);
    CHECK(count("filter[externalId]=chat-7") == 1);
    CHECK(count("filter[type]=other") == 0);
    CHECK(count("filter[status]=CLOSED,EXPIRED") == 1);
    CHECK(count("filter[createdAt][from]=" + std::to_string(at.now.time_since_epoch().count() + 1)) == 0);
    CHECK(count("filter[createdAt][period]=1h&page[size]=100") == 25);
    CHECK(at.get("/api/v1/sessions?filter[status]=ODD").status == 400);
    const answered first = at.get("/api/v1/sessions");
    REQUIRE(first.body.at("data").size() == 20);
    CHECK(first.body.at("data")[0].at("id") == made.back());
    const std::string next = first.body.at("pagination").at("next");
    const answered second = at.get("/api/v1/sessions?page[after]=" + next);
    REQUIRE(second.body.at("data").size() == 5);
    CHECK(second.body.at("data")[4].at("id") == made.front());
    CHECK(at.get("/api/v1/sessions?page[after]=" + next + "&page[before]=" + next).status == 400);
    CHECK(at.get("/api/v1/sessions", staging_key).body.at("data").empty());
  }

  TEST_CASE("orders that are none are refused") {
    site at;
    const auto refused = [&](const char* field, const json& value) {
      json order = session_order_of("chat-1");
      if (value.is_discarded()) order.erase(field);
      else order[field] = value;
      const answered got = at.post("/api/v1/sessions", order);
      CAPTURE(field);
      CHECK(got.status == 400);
      CHECK(got.error().starts_with("Validation error: "));
    };
    const json absent(json::value_t::discarded);
    for (const char* field : {"type", "taskIdentifier", "triggerConfig"}) refused(field, absent);
    refused("type", std::string(65, 'x'));
    refused("type", 1);
    refused("taskIdentifier", std::string(129, 'x'));
    refused("externalId", "session_mine");
    refused("externalId", "  ");
    refused("externalId", std::string(257, 'x'));
    refused("triggerConfig", json::object());
    refused("triggerConfig", {{"basePayload", "x"}});
    refused("triggerConfig", {{"basePayload", json::object()}, {"machine", "huge"}});
    refused("tags", std::vector<std::string>(11, "t"));
    refused("metadata", "x");
    refused("expiresAt", "soon");
    json large = session_order_of("chat-1");
    large["metadata"] = {{"x", std::string(40'000, 'x')}};
    CHECK(at.post("/api/v1/sessions", large).status == 413);
    CHECK(at.get("/api/v1/sessions").body.at("data").empty());
  }

  TEST_CASE("the transcript tells what was said by both, page by page from the end") {
    site at;
    at.post("/api/v1/sessions", session_order_of("chat-1"));
    for (const char* text : {"one", "two"}) {
      at.post("/realtime/v1/sessions/chat-1/in/append", {{"text", text}});
      at.pass(seconds(1));
    }
    const json all = at.get("/api/v1/sessions/chat-1/transcript").body;
    REQUIRE(all.at("messages").size() == 4);
    CHECK(all.at("messages")[0].at("role") == "user");
    CHECK(all.at("messages")[1].at("content") == json({{"echo", {{"text", "one"}}}}));
    CHECK(all.at("cursors").at("lastInEventId") == "1");
    CHECK(all.at("cursors").at("lastOutEventId") == "3");
    const json page = at.get("/api/v1/sessions/chat-1/transcript?limit=3").body;
    CHECK(page.at("messages").size() == 3);
    const json rest =
        at.get("/api/v1/sessions/chat-1/transcript?limit=3&before=" + page.at("nextCursor").get<std::string>()).body;
    CHECK(rest.at("messages").size() == 1);
    CHECK_FALSE(rest.contains("nextCursor"));
  }

  TEST_CASE("a snapshot is put and fetched through the object store") {
    site at;
    at.post("/api/v1/sessions", session_order_of("chat-1"));
    const std::string origin = "http://127.0.0.1:4040";
    const auto target = [&](const answered& from) {
      return from.body.at("presignedUrl").get<std::string>().substr(origin.size());
    };
    const std::string up = target(at.put("/api/v1/sessions/chat-1/snapshot-url", json::object()));
    CHECK(at.send(at.make("PUT", up, "{}", nullptr, {{"content-type", "application/json"}})).status == 200);
    CHECK(at.send(at.make("GET", target(at.get("/api/v1/sessions/chat-1/snapshot-url")), "", nullptr)).text == "{}");
  }
}

}  // namespace triggerd::sandbox::test
