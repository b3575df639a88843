#include "site.hpp"

#include <doctest/doctest.h>

namespace triggerd::sandbox::test {

namespace {

constexpr const char* all_tokens = "/api/v1/waitpoints/tokens";

std::string token_at(const std::string& id, const char* action = "") {
  return std::string(all_tokens) + '/' + id + action;
}

// Path of a callback address.
std::string path_of(const std::string& url) { return url.substr(url.find("/api/")); }

}  // namespace

TEST_SUITE("waitpoint tokens") {
  TEST_CASE("a token waits until it is completed; the first data stays") {
    site at;
    const answered made = at.post(all_tokens, {{"tags", {"a"}}, {"timeout", "1h"}});
    CHECK(made.status == 200);
    CHECK(made.body.at("isCached") == false);
    CHECK(made.header("x-trigger-jwt"));
    CHECK(at.get(token_at(made.id())).body.at("status") == "WAITING");
    CHECK(at.post(token_at(made.id(), "/complete"), {{"data", {{"n", 1}}}}).body == json({{"success", true}}));
    CHECK(at.post(token_at(made.id(), "/complete"), {{"data", {{"n", 2}}}}).status == 200);
    const json done = at.get(token_at(made.id())).body;
    CHECK(done.at("status") == "COMPLETED");
    CHECK(done.at("output") == R"({"json":{"n":1}})");
    CHECK(done.at("outputType") == "application/super+json");
    CHECK(done.at("outputIsError") == false);
  }

  TEST_CASE("data may be text or nothing") {
    site at;
    const std::string text = at.post(all_tokens, json::object()).id();
    at.post(token_at(text, "/complete"), {{"data", "yes"}});
    CHECK(at.get(token_at(text)).body.at("output") == "yes");
    CHECK(at.get(token_at(text)).body.at("outputType") == "text/plain");
    const std::string none = at.post(all_tokens, json::object()).id();
    at.post(token_at(none, "/complete"), json::object());
    CHECK(at.get(token_at(none)).body.at("status") == "COMPLETED");
    CHECK_FALSE(at.get(token_at(none)).body.contains("output"));
  }

  TEST_CASE("a token whose time is over is timed out, and completing it changes nothing") {
    site at;
    const std::string id = at.post(all_tokens, {{"timeout", "10s"}}).id();
    const std::string odd = at.post(all_tokens, {{"timeout", "banana"}}).id();
    at.pass(seconds(10));
    CHECK(at.get(token_at(id)).body.at("status") == "TIMED_OUT");
    CHECK(at.get(token_at(id)).body.at("outputIsError") == true);
    CHECK(at.post(token_at(id, "/complete"), {{"data", 1}}).status == 200);
    CHECK(at.get(token_at(id)).body.at("status") == "TIMED_OUT");
    CHECK(at.get(token_at(odd)).body.at("status") == "WAITING");
    CHECK_FALSE(at.get(token_at(odd)).body.contains("timeoutAt"));
  }

  TEST_CASE("an idempotency key gives the same token until it expires, each environment for itself") {
    site at;
    const json asked = {{"idempotencyKey", "k"}, {"idempotencyKeyTTL", "1h"}};
    const std::string id = at.post(all_tokens, asked).id();
    const answered again = at.post(all_tokens, asked);
    CHECK(again.id() == id);
    CHECK(again.body.at("isCached") == true);
    CHECK(at.post(all_tokens, asked, staging_key).body.at("isCached") == false);
    at.pass(std::chrono::hours(1));
    CHECK(at.post(all_tokens, asked).body.at("isCached") == false);
  }

  TEST_CASE("whoever has the address may complete; another hash may not") {
    site at;
    const answered made = at.post(all_tokens, json::object());
    const std::string path = path_of(made.body.at("url"));
    CHECK(at.post(path.substr(0, path.size() - 1) + "!", {{"n", 1}}, nullptr).status == 401);
    CHECK(at.post(path, {{"n", 1}}, nullptr).status == 200);
    CHECK(at.get(token_at(made.id())).body.at("output") == R"({"json":{"n":1}})");
    request bare = at.make("POST", path, "{}", nullptr);
    bare.headers.clear();
    CHECK(at.send(bare).status == 411);
    CHECK(at.send(at.make("POST", path, std::string(4u << 20, ' '), nullptr)).status == 413);
    CHECK(at.post("/api/v1/waitpoints/tokens/waitpoint_nobody/callback/x", json::object(), nullptr).status == 404);
  }

  TEST_CASE("a public token of this waitpoint may complete it, another may not") {
    site at;
    const answered made = at.post(all_tokens, json::object());
    const std::string own = *made.header("x-trigger-jwt");
    const std::string other = *at.post(all_tokens, json::object()).header("x-trigger-jwt");
    CHECK(at.post(token_at(made.id(), "/complete"), json::object(), other.c_str()).status == 403);
    CHECK(at.post(token_at(made.id(), "/complete"), json::object(), own.c_str()).status == 200);
    CHECK(at.get(token_at(made.id()), own.c_str()).status == 401);
  }

  TEST_CASE("lists are newest first, filtered by status, key, tags and time") {
    site at;
    const std::string old = at.post(all_tokens, {{"tags", "a"}}).id();
    at.pass(std::chrono::hours(2));
    const std::string keyed = at.post(all_tokens, {{"idempotencyKey", "k"}, {"tags", {"b", "c"}}}).id();
    at.post(token_at(old, "/complete"), json::object());
    const auto ids = [&](const std::string& query) {
      std::vector<std::string> out;
      const json list = at.get(all_tokens + query).body;
      for (const json& row : list.at("data")) out.push_back(row.at("id"));
      return out;
    };
    using list = std::vector<std::string>;
    CHECK(ids("") == list{keyed, old});
    CHECK(ids("?filter[status]=COMPLETED,TIMED_OUT") == list{old});
    CHECK(ids("?filter[idempotencyKey]=k") == list{keyed});
    CHECK(ids("?filter[tags]=a,c") == list{keyed, old});
    CHECK(ids("?filter[createdAt][period]=1h") == list{keyed});
    CHECK(ids("?filter[createdAt][to]=" +
              std::to_string((at.now - std::chrono::hours(1)).time_since_epoch().count())) == list{old});
    const json first = at.get(std::string(all_tokens) + "?page[size]=1").body;
    CHECK(ids("?page[size]=1&page[after]=" + first.at("pagination").at("next").get<std::string>()) == list{old});
    CHECK(at.get(std::string(all_tokens) + "?filter[status]=BANANA").status == 400);
    CHECK(at.get(all_tokens, staging_key).body.at("data").empty());
  }

  TEST_CASE("what cannot be made or found is refused") {
    site at;
    CHECK(at.post(all_tokens, {{"tags", std::vector<std::string>(11, "t")}}).status == 422);
    CHECK(at.post(all_tokens, {{"timeout", 5}}).status == 400);
    CHECK(at.post(all_tokens, {{"tags", {1}}}).status == 400);
    CHECK(at.send(at.make("POST", all_tokens, "", prod_key)).error() == "Request body is empty");
    CHECK(at.send(at.make("POST", all_tokens, std::string(10'241, ' '), prod_key)).status == 413);
    CHECK(at.get(token_at("waitpoint_nobody")).status == 500);
    CHECK(at.post(token_at("waitpoint_nobody", "/complete"), json::object()).status == 404);
    CHECK(at.post(all_tokens, json::object(), narrow_key).status == 403);
    const std::string id = at.post(all_tokens, json::object()).id();
    CHECK(at.post(token_at(id, "/complete"), json::object(), staging_key).status == 404);
  }
}

}  // namespace triggerd::sandbox::test
