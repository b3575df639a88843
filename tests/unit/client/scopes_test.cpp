// Scopes under concurrency: each call carries what its own handle says, in every attempt and on every page.
#include "client/pages.hpp"
#include "unit/client/patient_world.hpp"

#include <map>
#include <vector>

using namespace triggerd;
using namespace triggerd::client;
using namespace triggerd::client::test;

namespace {

constexpr std::size_t clients = 12;
constexpr std::size_t scopes = 200;

std::string key_of_scope(std::size_t i) { return "tr_preview_Scope" + std::to_string(100'000 + i); }
std::string branch_of_scope(std::size_t i) { return "branch/" + std::to_string(i); }
std::string url_of_scope(std::size_t i) { return "https://api-" + std::to_string(i % 17) + ".test"; }

// The scope that a request belongs to is in the tag that it asks for.
std::size_t scope_of(const transport::request& request) {
  const auto at = request.url.find("scope-");
  REQUIRE(at != std::string::npos);
  return std::stoul(request.url.substr(at + 6));
}

// Two pages each, the first of them after a failure; replies come back in disorder.
struct crowd {
  triggerd::test::virtual_time time;
  seeded_random random{7};
  std::shared_ptr<triggerd::test::scripted_transport> wire = std::make_shared<triggerd::test::scripted_transport>();
  std::map<std::size_t, int> asked;
  std::size_t finished = 0;

  crowd() {
    wire->otherwise([this](const transport::request& request) {
      check(request);
      const int times = ++asked[scope_of(request)];
      using triggerd::test::scripted_transport;
      if (times == 1) return scripted_transport::reply(500, "{}");
      return scripted_transport::reply(
          200, times == 2 ? R"({"data":[],"pagination":{"next":"c1"}})" : R"({"data":[],"pagination":{}})");
    });
  }

  static void check(const transport::request& request) {
    const auto scope = scope_of(request);
    CHECK(value(request, "authorization") == "Bearer " + key_of_scope(scope));
    CHECK(value(request, "x-trigger-branch") == branch_of_scope(scope));
    CHECK(request.url.starts_with(url_of_scope(scope) + "/api/"));
    CHECK(value(request, "x-scope") == std::to_string(scope));
  }

  task<> act(retrying_client outer, std::size_t i) {
    (void)co_await outer.wait(milliseconds(static_cast<std::int64_t>(random.below(500))));
    const overrides first{.key = key_of(key_of_scope(i + 1)), .base_url = url_of_scope(i)};
    const overrides second{.key = key_of(key_of_scope(i)), .branch = branch_of_scope(i)};
    const overrides third{.headers = std::map<std::string, std::string>{{"x-scope", std::to_string(i)}},
                          .retry = {.first = milliseconds(10 + static_cast<std::int64_t>(random.below(300)))}};
    const auto inner = outer.with(first).with(second).with(third);
    pages<api::run_page> list(inner, [i](std::string_view cursor) {
      api::run_filter which;
      which.tag = {"scope-" + std::to_string(i)};
      which.after = cursor;
      return api::list_runs(which);
    });
    for (;;) {
      const auto page = co_await list.next();
      if (!page) break;
      CHECK(page->has_value());
    }
    ++finished;
  }
};

}  // namespace

TEST_CASE("two hundred nested scopes over a dozen clients each carry their own token, base URL and branch") {
  crowd all;
  std::vector<retrying_client> outer;
  for (std::size_t i = 0; i < clients; ++i) {
    auto of = settings_of("tr_preview_Outer" + std::to_string(100'000 + i), spec::environment::preview, "outer");
    of.base_url = "https://outer.test";
    outer.emplace_back(triggerd::client::client{all.wire, all.time, all.random, std::move(of)}, all.time);
  }
  for (std::size_t i = 0; i < scopes; ++i) all.time.spawn(all.act(outer[i % clients], i));
  all.time.advance(std::chrono::minutes(1));
  CHECK(all.finished == scopes);
  CHECK(all.wire->requests.size() == 3 * scopes);
  for (const auto& one : outer) CHECK(one.config().branch == "outer");
}

TEST_CASE("a scope that ends by an error leaves nothing behind") {
  patient_world w;
  w.wire->answer(200, R"({"id":"run_1","status":"COMPLETED"})");
  struct trouble {};
  CHECK_THROWS_AS(with_auth(w.by, {.branch = "inner"}, [](const retrying_client&) -> int { throw trouble{}; }),
                  trouble);
  (void)w.ended(w.by.send(api::retrieve_run("run_1")));
  CHECK(values(w.wire->requests.at(0), "x-trigger-branch").empty());
}
