#include "site.hpp"

#include <doctest/doctest.h>

namespace triggerd::sandbox::test {

namespace {

const header_list newer = {{"x-trigger-electric-version", "1.0.0-beta.1"}};

// A subscriber as the protocol has it: it remembers handle, offset and cursor.
class subscriber {
 public:
  subscriber(site& at, std::string path, std::string filters = {})
      : at_(at), path_(std::move(path)), filters_(std::move(filters)) {}

  answered first() { return learn(at_.get(path_ + "?offset=-1" + filters_, prod_key, newer)); }
  // What a live poll is told at once, and what it waits for.
  reply poll() {
    const std::string target =
        path_ + "?cursor=" + cursor_ + "&handle=" + handle_ + "&live=true&offset=" + offset_ + filters_;
    return at_.server.handle(at_.make("GET", target, "", prod_key, newer), at_.now);
  }
  json take(const reply& got) {
    answered out;
    out.headers = got.headers;
    learn(out);
    return json::parse(got.body);
  }
  std::string handle() const { return handle_; }

 private:
  answered learn(answered got) {
    handle_ = got.header("electric-handle").value_or(handle_);
    offset_ = got.header("electric-offset").value_or(offset_);
    cursor_ = got.header("electric-cursor").value_or(cursor_);
    return got;
  }

  site& at_;
  std::string path_, filters_, handle_, offset_, cursor_;
};

const json up_to_date = json::parse(R"([{"headers":{"control":"up-to-date"}}])");

}  // namespace

TEST_SUITE("realtime shapes") {
  TEST_CASE("the first request has the whole row, every value as text") {
    site at;
    const std::string id = at.trigger("hello", {{"tags", {"b", "a"}}}).id();
    at.pass(seconds(5));
    const answered got = at.get("/realtime/v1/runs/" + id + "?offset=-1", prod_key, newer);
    CHECK(got.header("electric-handle") == "run-" + id.substr(4));
    CHECK(got.header("electric-schema"));
    CHECK(got.header("cache-control") == "no-store");
    CHECK_FALSE(got.header("electric-cursor"));
    CHECK_FALSE(got.header("x-ratelimit-limit"));
    REQUIRE(got.body.size() == 2);
    CHECK(got.body[0].at("key") == "\"public\".\"TaskRun\"/\"" + id.substr(4) + '"');
    CHECK(got.body[0].at("headers").at("operation") == "insert");
    const json& row = got.body[0].at("value");
    CHECK(row.at("friendlyId") == id);
    CHECK(row.at("status") == "COMPLETED_SUCCESSFULLY");
    CHECK(row.at("payload") == R"({"n":1})");
    CHECK(row.at("output") == R"({"echo":{"n":1}})");
    CHECK(row.at("runTags") == R"({"a","b"})");
    CHECK(row.at("isTest") == "f");
    CHECK(row.at("usageDurationMs") == "400");
    CHECK(row.at("createdAt").get<std::string>().find('Z') == std::string::npos);
    for (const auto& [name, value] : row.items()) CHECK((value.is_string() || value.is_null()));
    CHECK(got.body[1] == up_to_date[0]);
  }

  TEST_CASE("without the newer version the headers have their old names") {
    site at;
    const std::string id = at.trigger("hello").id();
    const answered got = at.get("/realtime/v1/runs/" + id);
    CHECK(got.header("electric-shape-id"));
    CHECK(got.header("electric-chunk-last-offset"));
    CHECK_FALSE(got.header("electric-handle"));
  }

  TEST_CASE("a live poll waits 20 seconds for a change, and a change releases it") {
    site at;
    const std::string id = at.trigger("slow").id();
    at.pass(seconds(1));
    subscriber of(at, "/realtime/v1/runs/" + id);
    of.first();
    reply waits = of.poll();
    REQUIRE(waits.again != nullptr);
    CHECK_FALSE(waits.streams);
    CHECK(*waits.again->until == at.now + seconds(20));
    at.pass(milliseconds(19'999));
    waits = at.server.handle(*waits.again, at.now);
    REQUIRE(waits.again != nullptr);
    at.pass(milliseconds(1));
    waits = at.server.handle(*waits.again, at.now);
    CHECK(waits.again == nullptr);
    CHECK(of.take(waits) == up_to_date);
    CHECK(first_header(waits.headers, "electric-cursor") == "1");
    waits = of.poll();
    at.put("/api/v1/runs/" + id + "/metadata", {{"metadata", {{"p", 1}}}});
    waits = at.server.handle(*waits.again, at.now);
    CHECK(waits.again == nullptr);
    CHECK(first_header(waits.headers, "electric-cursor") == "2");
    const json told = of.take(waits);
    REQUIRE(told.size() == 2);
    CHECK(told[0].at("headers").at("operation") == "update");
    CHECK(told[0].at("value").at("metadata") == R"({"p":1})");
    // a second change in the same millisecond is one too
    waits = of.poll();
    REQUIRE(waits.again != nullptr);
    at.put("/api/v1/runs/" + id + "/metadata", {{"metadata", {{"p", 2}}}});
    CHECK(of.take(at.server.handle(*waits.again, at.now)).size() == 2);
  }

  TEST_CASE("a handle that is not the shape's own must be fetched again") {
    site at;
    const std::string id = at.trigger("hello").id();
    const answered got = at.get("/realtime/v1/runs/" + id + "?handle=gone&live=true&offset=1_1", prod_key, newer);
    CHECK(got.status == 409);
    CHECK(got.body == json::parse(R"([{"headers":{"control":"must-refetch"}}])"));
    CHECK(got.header("electric-handle") == "run-" + id.substr(4));
  }

  TEST_CASE("runs with all tags are followed, new ones too") {
    site at;
    at.trigger("slow", {{"tags", {"a", "b"}}});
    at.trigger("slow", {{"tags", {"a"}}});
    at.pass(seconds(1));
    subscriber of(at, "/realtime/v1/runs", "&tags=a,b");
    CHECK(of.first().body.size() == 2);
    const reply waits = of.poll();
    REQUIRE(waits.again != nullptr);
    const std::string next = at.trigger("slow", {{"tags", {"b", "a"}}}).id();
    const json told = of.take(at.server.handle(*waits.again, at.now));
    REQUIRE(told.size() == 2);
    CHECK(told[0].at("value").at("friendlyId") == next);
    CHECK(told[0].at("headers").at("operation") == "insert");
    at.pass(std::chrono::hours(25));
    CHECK(subscriber(at, "/realtime/v1/runs", "&tags=a").first().body == up_to_date);
    CHECK(subscriber(at, "/realtime/v1/runs", "&tags=nobody").first().body == up_to_date);
    at.trigger("slow");
    CHECK(subscriber(at, "/realtime/v1/runs", "&createdAt=1h").first().body.size() == 2);
  }

  TEST_CASE("the runs of a batch are followed") {
    site at;
    const std::string batch = at.post("/api/v3/batches", {{"runCount", 2}}).id();
    at.items(batch, {{{"index", 0}, {"task", "hello"}}, {{"index", 1}, {"task", "hello"}}});
    at.pass(seconds(5));
    CHECK(at.get("/realtime/v1/batches/" + batch, prod_key, newer).body.size() == 3);
    const answered none = at.get("/realtime/v1/batches/batch_nope");
    CHECK(none.status == 404);
    CHECK(none.header("x-should-retry") == "true");
    CHECK(at.get("/realtime/v1/runs/run_nope").header("x-should-retry") == "false");
  }

  TEST_CASE("columns are left out on request or by a token's word, but for those that identify") {
    site at;
    const std::string id = at.trigger("hello").id();
    const answered got = at.get("/realtime/v1/runs/" + id + "?skipColumns=payload,output,id,status");
    const json& row = got.body[0].at("value");
    CHECK_FALSE(row.contains("payload"));
    CHECK_FALSE(row.contains("output"));
    CHECK(row.contains("id"));
    CHECK(row.contains("status"));
    const json order = {{"scopes", {"read:runs:" + id}}, {"realtime", {{"skipColumns", {"metadata"}}}}};
    const std::string token = at.post("/api/v1/auth/public-tokens", order).body.at("token");
    CHECK_FALSE(at.get("/realtime/v1/runs/" + id, token.c_str()).body[0].at("value").contains("metadata"));
  }
}

}  // namespace triggerd::sandbox::test
