#include "sandbox/front.hpp"

#include "sandbox/world_file.hpp"
#include "support/shown_result.hpp"
#include "support/virtual_time.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <unistd.h>

namespace triggerd::rehearsal {

namespace {

using nlohmann::json;

struct stage {
  triggerd::test::virtual_time time;
  front served;

  explicit stage(std::optional<effect_file> effects = std::nullopt) : served(options(std::move(effects)), time, time) {}

  static front_options options(std::optional<effect_file> effects) {
    front_options out;
    out.world = *parse_world(default_world(), "built-in");
    out.effects = std::move(effects);
    return out;
  }
  http::reply send(const char* method, const char* target, std::string body = {}) {
    http::request asked{
        method, target, {{"authorization", "Bearer tr_prod_shopSandboxInvented00001"}}, std::move(body)};
    asked.headers.emplace_back("content-length", std::to_string(asked.body.size()));
    http::reply out;
    time.spawn(answer(std::move(asked), out));
    time.run();
    return out;
  }
  task<> answer(http::request asked, http::reply& into) { into = co_await served.answer(std::move(asked)); }
  json get(const char* target) { return json::parse(send("GET", target).body); }
  http::reply trigger() { return send("POST", "/api/v1/tasks/rehearse/trigger", R"({"payload":{"behaviour":"ok"}})"); }
};

std::vector<json> lines(const std::string& text) {
  std::vector<json> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    out.push_back(json::parse(text.substr(at, end - at)));
    at = end + 1;
  }
  return out;
}

}  // namespace

TEST_CASE("requests of the API reach the model, and effects tell what happened since") {
  stage at;
  const http::reply made = at.trigger();
  CHECK(made.status == 200);
  CHECK(made.chunked);
  at.time.advance(seconds(10));
  const http::reply all = at.send("GET", "/sandbox/effects");
  const auto effects = lines(all.body);
  REQUIRE(effects.size() == 2);
  CHECK(effects[0].at("kind") == "run-created");
  CHECK(effects[1].at("status") == "COMPLETED");
  CHECK(lines(at.send("GET", "/sandbox/effects?after=1").body).size() == 1);
  CHECK(at.send("GET", "/sandbox/effects?after=2").body.empty());
  CHECK(at.send("GET", "/sandbox/effects?after=99").body.empty());
  CHECK(lines(at.send("GET", "/sandbox/effects?limit=1").body).at(0).at("seq") == 1);
  CHECK(at.send("GET", "/sandbox/effects?after=-1").status == 400);
}

TEST_CASE("the summary counts") {
  stage at;
  at.trigger();
  at.time.advance(seconds(10));
  const json sum = at.get("/sandbox/summary");
  CHECK(sum.at("requests") == 1);
  CHECK(sum.at("effects").at("run-created") == 1);
  CHECK(sum.at("effects").at("run-finished") == 1);
  CHECK(sum.at("runs").at("proj_shopaaaaaaaaaaaaaaaa/prod") == json({{"COMPLETED", 1}, {"FAILED", 200}}));
  CHECK(sum.at("seed") == 1);
}

TEST_CASE("a fault plan can be replaced and cleared; a wrong one changes nothing; the control paths are spared") {
  stage at;
  const std::string plan = "[[fault]]\nname = \"all\"\npath = \"*\"\nwhat = \"reset\"\n";
  CHECK(at.send("POST", "/sandbox/faults", plan).status == 200);
  CHECK(at.trigger().how == http::reply::ending::reset);
  const http::reply wrong = at.send("POST", "/sandbox/faults", "[[fault]]\nwat = 1\n");
  CHECK(wrong.status == 400);
  CHECK(json::parse(wrong.body).at("error").get<std::string>().find("did you mean \"what\"?") != std::string::npos);
  CHECK(at.trigger().how == http::reply::ending::reset);
  CHECK(at.get("/sandbox/summary").at("faults") == json::array({{{"name", "all"}, {"fired", 2}}}));
  CHECK(at.send("POST", "/sandbox/faults").status == 200);
  CHECK(at.trigger().how == http::reply::ending::whole);
}

TEST_CASE("orders go to the listener as they were decided") {
  stage at;
  http::reply got;
  SUBCASE("cut") {
    at.send("POST", "/sandbox/faults", "[[fault]]\nwhat = \"truncate\"\n");
    got = at.trigger();
    CHECK(got.how == http::reply::ending::cut);
    CHECK(got.cut_after < got.body.size());
  }
  SUBCASE("stall") {
    at.send("POST", "/sandbox/faults", "[[fault]]\nwhat = \"stall\"\n");
    CHECK(at.trigger().how == http::reply::ending::stall);
  }
  SUBCASE("late and slow") {
    at.send("POST", "/sandbox/faults",
            "[[fault]]\nwhat = \"delay\"\nlate = \"2s\"\nmost = 1\n[[fault]]\nwhat = \"slow\"\n");
    CHECK(at.trigger().late == seconds(2));
    CHECK(at.trigger().bytes_per_second == 64);
  }
}

TEST_CASE("other control paths and methods are refused") {
  stage at;
  CHECK(at.send("GET", "/sandbox/nobody").status == 404);
  CHECK(at.send("POST", "/sandbox/effects").status == 405);
  CHECK(at.send("POST", "/sandbox/summary").status == 405);
  CHECK(at.send("GET", "/sandbox/faults").status == 405);
}

TEST_CASE("effects are in the file as soon as the reply is there, and what came later at the end") {
  char folder[] = "/tmp/sandbox-effects-XXXXXX";
  REQUIRE(::mkdtemp(folder) != nullptr);
  const std::string path = std::string(folder) + "/effects.ndjson";
  {
    auto file = effect_file::create(path);
    REQUIRE(file);
    stage at(std::move(*file));
    const auto written = [&] {
      std::ifstream text(path);
      return lines({std::istreambuf_iterator<char>(text), {}});
    };
    at.trigger();
    CHECK(written().size() == 1);
    at.time.advance(seconds(10));
    CHECK(written().size() == 1);
    CHECK(at.served.settle());
    CHECK(written().size() == 2);
  }
  ::unlink(path.c_str());
  ::rmdir(folder);
}

TEST_CASE("a full disk is told at the end") {
  auto file = effect_file::create("/dev/full");
  REQUIRE(file);
  stage at(std::move(*file));
  at.trigger();
  CHECK_FALSE(at.served.settle());
  CHECK_FALSE(effect_file::create("/nowhere/effects").has_value());
}

namespace {

// A request whose answer may take its time.
struct pending {
  std::optional<http::reply> answer;
  std::string body;
  bool over = false;

  task<> ask(front& from, http::request asked) {
    http::reply got = co_await from.answer(std::move(asked));
    answer = got;
    body = got.body;
    while (got.rest) {
      const auto part = co_await got.rest();
      if (!part) break;
      body += *part;
    }
    over = true;
  }
};

http::request asked_for(const std::string& target, http::header_list more = {}) {
  http::request out{"GET", target, {{"authorization", "Bearer tr_prod_shopSandboxInvented00001"}}, {}};
  for (auto& one : more) out.headers.push_back(std::move(one));
  return out;
}

const char* const chat =
    R"({"type":"chat","externalId":"c","taskIdentifier":"rehearse","triggerConfig":{"basePayload":{}}})";

}  // namespace

TEST_CASE("a long poll is answered when its run changes, or with nothing new after 20 seconds") {
  stage at;
  const std::string id = json::parse(at.trigger().body).at("id");
  at.time.advance(seconds(30));
  const std::string path = "/realtime/v1/runs/" + id;
  const http::header_list version = {{"x-trigger-electric-version", "1.0.0-beta.1"}};
  pending first, silent, told;
  at.time.spawn(first.ask(at.served, asked_for(path + "?offset=-1", version)));
  at.time.run();
  REQUIRE(first.over);
  std::string live = path + "?live=true";
  for (const auto& [name, value] : first.answer->headers) {
    if (name == "electric-handle") live += "&handle=" + value;
    if (name == "electric-offset") live += "&offset=" + value;
  }
  at.time.spawn(silent.ask(at.served, asked_for(live, version)));
  at.time.advance(milliseconds(19'999));
  CHECK_FALSE(silent.over);
  at.time.advance(milliseconds(1));
  REQUIRE(silent.over);
  CHECK(json::parse(silent.body).size() == 1);
  at.time.spawn(told.ask(at.served, asked_for(live, version)));
  at.time.run();
  at.send("PUT", ("/api/v1/runs/" + id + "/metadata").c_str(), R"({"metadata":{"p":1}})");
  at.time.advance(milliseconds(10));
  REQUIRE(told.over);
  CHECK(json::parse(told.body).size() == 2);
}

TEST_CASE("a stream goes on with what the model does by itself, pings when it is silent, and ends in time") {
  stage at;
  CHECK(at.send("POST", "/api/v1/sessions", chat).status == 201);
  pending reader;
  at.time.spawn(reader.ask(at.served, asked_for("/realtime/v1/sessions/c/out", {{"timeout-seconds", "40"}})));
  at.time.run();
  REQUIRE(reader.answer);
  CHECK(reader.body.empty());
  at.send("POST", "/realtime/v1/sessions/c/in/append", R"({"text":"hi"})");
  at.time.advance(seconds(1));
  CHECK(reader.body.find("turn-complete") != std::string::npos);
  const std::size_t before = reader.body.size();
  at.time.advance(seconds(16));
  CHECK(reader.body.substr(before) == "event: ping\ndata: {}\n\n");
  CHECK_FALSE(reader.over);
  at.time.advance(seconds(24));
  CHECK(reader.over);
}

TEST_CASE("closing ends what waits") {
  stage at;
  at.send("POST", "/api/v1/sessions", chat);
  pending reader;
  at.time.spawn(reader.ask(at.served, asked_for("/realtime/v1/sessions/c/out", {{"timeout-seconds", "600"}})));
  at.time.run();
  CHECK_FALSE(reader.over);
  at.served.close();
  at.time.run();
  CHECK(reader.over);
}

}  // namespace triggerd::rehearsal
