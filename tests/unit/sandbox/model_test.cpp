#include "site.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

namespace triggerd::sandbox::test {

namespace {

world mixed_world() {
  world out = small_world();
  for (environment& home : out.projects[0].environments) {
    known_task mixed;
    mixed.name = "mixed";
    mixed.shares.fails = 0.3;
    mixed.shares.crashes = 0.2;
    home.tasks.push_back(mixed);
  }
  return out;
}

json keyed(int i) { return {{"idempotencyKey", "k" + std::to_string(i)}}; }

// How each of a hundred keyed runs ended.
std::map<int, std::string> ends(std::uint64_t seed, bool backwards) {
  site at(mixed_world(), seed);
  std::map<int, std::string> ids;
  for (int n = 0; n < 100; ++n) {
    const int i = backwards ? 99 - n : n;
    ids[i] = at.trigger("mixed", keyed(i)).id();
    at.pass(milliseconds(n % 7));
  }
  at.pass(seconds(10));
  std::map<int, std::string> out;
  for (const auto& [i, id] : ids) out[i] = at.status(id);
  return out;
}

std::string transcript(std::uint64_t seed) {
  site at(mixed_world(), seed);
  std::string out;
  for (int i = 0; i < 30; ++i) {
    out += at.trigger("mixed", keyed(i % 20)).text;
    at.pass(milliseconds(130));
    out += at.get("/api/v1/runs?page[size]=3").text;
  }
  at.pass(seconds(5));
  at.server.advance(at.now);
  for (const effect& e : at.server.effects().all()) out += to_json(e) + '\n';
  return out;
}

}  // namespace

TEST_SUITE("model") {
  TEST_CASE("equal seeds and calls give equal replies and effects, byte by byte") {
    CHECK(transcript(1) == transcript(1));
    CHECK(transcript(1) != transcript(2));
  }

  TEST_CASE("how a run ends does not hang on the order of calls") {
    const auto forwards = ends(5, false);
    CHECK(forwards == ends(5, true));
    CHECK(forwards != ends(6, false));
    const auto failed =
        std::count_if(forwards.begin(), forwards.end(), [](const auto& one) { return one.second == "FAILED"; });
    CHECK(failed > 10);
    CHECK(failed < 50);
  }

  TEST_CASE("a fate is drawn anew when the same run is made again after a failure") {
    site at(mixed_world(), 5);
    std::map<std::string, int> seen;
    for (int i = 0; i < 60; ++i) {
      const std::string id = at.trigger("mixed").id();  // equal payloads, no key
      at.pass(seconds(5));
      ++seen[at.status(id)];
    }
    CHECK(seen.size() == 3);
  }

  TEST_CASE("what is due happens in the order of its time, with its own instant, whenever it is asked for") {
    site at;
    const std::string slow =
        at.post("/api/v1/tasks/hello/trigger", {{"payload", 1}, {"options", {{"delay", "10s"}}}}).id();
    const std::string fast = at.trigger("hello").id();
    const instant start = at.now;
    at.pass(std::chrono::hours(1));
    at.server.advance(at.now);
    std::vector<std::pair<std::string, milliseconds>> finished;
    for (const effect& e : at.server.effects().all())
      if (e.kind == effect_kind::run_finished) finished.emplace_back(e.run, e.at - start);
    REQUIRE(finished.size() == 2);
    CHECK(finished[0] == std::pair(fast, milliseconds(500)));
    CHECK(finished[1] == std::pair(slow, milliseconds(10'500)));
  }

  TEST_CASE("a clock that goes back stands still") {
    site at;
    at.trigger("hello");
    at.pass(-std::chrono::hours(1));
    CHECK(at.trigger("hello").status == 200);
    CHECK(at.server.now() == at.now + std::chrono::hours(1));
  }

  TEST_CASE("places are told by credential, branch and path") {
    site at;
    const auto place = [&](const char* key, const std::string& target, header_list more = {}) {
      return at.server.environment_of(at.make("GET", target, "", key, std::move(more)));
    };
    const std::string project = shop;
    CHECK(place(prod_key, "/api/v1/runs") == project + "/prod");
    CHECK(place(staging_key, "/api/v1/runs") == project + "/staging");
    CHECK(place(narrow_key, "/api/v1/runs") == project + "/prod");
    CHECK(place(preview_key, "/api/v1/runs", {{"x-trigger-branch", "feat/checkout"}}) ==
          project + "/preview/feat/checkout");
    CHECK(place(preview_key, "/api/v1/runs") == project + "/preview");
    CHECK(place(user_token, "/api/v1/projects/" + project + "/envvars/staging") == project + "/staging");
    CHECK(place("tr_prod_nobody00000000000", "/api/v1/runs").empty());
  }

  TEST_CASE("the log keeps so many effects and goes on counting") {
    effect_log log(2);
    std::size_t seen = 0;
    log.on_append([&](const effect&) { ++seen; });
    for (int i = 0; i < 3; ++i) {
      effect e;
      e.kind = effect_kind::run_created;
      log.append(e);
    }
    CHECK(log.all().size() == 2);
    CHECK(log.first() == 2);
    CHECK(log.last() == 3);
    CHECK(log.count(effect_kind::run_created) == 3);
    CHECK(seen == 3);
  }

  TEST_CASE("every effect has a name of its own") {
    std::map<std::string_view, int> names;
    for (std::size_t i = 0; i < effect_kinds; ++i) ++names[name_of(static_cast<effect_kind>(i))];
    CHECK(names.size() == effect_kinds);
    CHECK(names.count("") == 0);
    CHECK(name_of(effect_kind::key_reset) == "key-reset");
  }

  TEST_CASE("counts by place and status") {
    site at;
    at.trigger("hello");
    at.trigger("flaky", json::object(), staging_key);
    at.pass(seconds(2));
    at.server.advance(at.now);
    const auto counts = at.server.run_counts();
    CHECK(counts.at(std::string(shop) + "/prod").at("COMPLETED") == 1);
    CHECK(counts.at(std::string(shop) + "/staging").at("FAILED") == 1);
    CHECK(at.server.requests() == 2);
  }
}

}  // namespace triggerd::sandbox::test
