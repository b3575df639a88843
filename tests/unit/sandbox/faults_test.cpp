#include "site.hpp"

#include "sandbox/faults.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace triggerd::sandbox::test {

namespace {

fault_rule rule(fault_kind what, bool effect = false) {
  fault_rule out;
  out.name = "rule";
  out.what = what;
  out.effect = effect;
  return out;
}

struct troubled {
  site at;
  fault_plan plan;

  explicit troubled(std::vector<fault_rule> rules, std::uint64_t seed = 1) : plan(std::move(rules), seed, at.now) {}

  request trigger(const char* key = prod_key, header_list more = {}) {
    return at.make("POST", "/api/v1/tasks/hello/trigger?x=1", "{}", key, std::move(more));
  }
  delivery send(const request& asked) { return deliver(at.server, plan, asked, at.now); }
  std::size_t runs() const { return at.server.effects().count(effect_kind::run_created); }
};

}  // namespace

TEST_SUITE("faults") {
  TEST_CASE("without a rule everything is delivered whole") {
    troubled one({});
    const delivery got = one.send(one.trigger());
    CHECK(got.how == delivery::ending::whole);
    CHECK(got.answer.status == 200);
    CHECK(got.handled);
    CHECK(one.runs() == 1);
  }

  TEST_CASE("trouble comes before or after the work") {
    for (const fault_kind what : {fault_kind::status, fault_kind::reset, fault_kind::stall, fault_kind::wrong_json}) {
      for (const bool effect : {false, true}) {
        CAPTURE(static_cast<int>(what));
        CAPTURE(effect);
        troubled one({rule(what, effect)});
        const delivery got = one.send(one.trigger());
        CHECK(got.handled == effect);
        CHECK(one.runs() == (effect ? 1 : 0));
        CHECK((got.how != delivery::ending::whole || got.answer.status != 200 ||
               json::parse(got.answer.body, nullptr, false).is_discarded()));
      }
    }
  }

  TEST_CASE("what needs a reply always lets the request work") {
    fault_rule made = rule(fault_kind::none);
    SUBCASE("slow") { made = rule(fault_kind::slow); }
    SUBCASE("truncate") { made = rule(fault_kind::truncate); }
    SUBCASE("delay") { made = rule(fault_kind::delay); }
    made.late = seconds(3);
    troubled one({made});
    const delivery got = one.send(one.trigger());
    CHECK(got.handled);
    CHECK(one.runs() == 1);
    if (made.what == fault_kind::truncate) CHECK(got.cut_after < got.answer.body.size());
    if (made.what == fault_kind::delay) CHECK(got.late == seconds(3));
    if (made.what == fault_kind::slow) CHECK(got.bytes_per_second == 64);
  }

  TEST_CASE("a made-up 429 looks like the server's own") {
    fault_rule busy = rule(fault_kind::status);
    busy.status = 429;
    troubled one({busy});
    const delivery got = one.send(one.trigger());
    CHECK(got.answer.status == 429);
    CHECK(json::parse(got.answer.body).at("title") == "Rate Limit Exceeded");
  }

  TEST_CASE("a rule meets only what it names") {
    fault_rule picky = rule(fault_kind::reset);
    picky.method = "POST";
    picky.path = "/api/v1/tasks/*/trigger";
    picky.environment = "proj_shop*/preview/feat/*";
    troubled one({picky});
    CHECK(one.send(one.trigger()).how == delivery::ending::whole);
    CHECK(one.send(one.trigger(preview_key, {{"x-trigger-branch", "demo"}})).how == delivery::ending::whole);
    CHECK(one.send(one.trigger(preview_key, {{"x-trigger-branch", "feat/checkout"}})).how == delivery::ending::reset);
    request read = one.at.make("GET", "/api/v1/runs", "", preview_key, {{"x-trigger-branch", "feat/checkout"}});
    CHECK(one.send(read).how == delivery::ending::whole);
  }

  TEST_CASE("a rule skips, meets and is used up; the one below takes over") {
    fault_rule first = rule(fault_kind::reset), second = rule(fault_kind::stall);
    first.skip = 1;
    first.most = 2;
    troubled one({first, second});
    std::vector<delivery::ending> seen;
    for (int i = 0; i < 4; ++i) seen.push_back(one.send(one.trigger()).how);
    using ending = delivery::ending;
    CHECK(seen == std::vector{ending::stall, ending::reset, ending::reset, ending::stall});
    CHECK(one.plan.fired() == std::vector<std::size_t>{2, 2});
  }

  TEST_CASE("a rule has its time, counted from the start of its plan") {
    fault_rule timed = rule(fault_kind::reset);
    timed.from = seconds(1);
    timed.until = seconds(2);
    troubled one({timed});
    const auto now = [&] { return one.send(one.trigger()).how; };
    CHECK(now() == delivery::ending::whole);
    one.at.pass(seconds(1));
    CHECK(now() == delivery::ending::reset);
    one.at.pass(seconds(1));
    CHECK(now() == delivery::ending::whole);
    one.plan.replace({timed}, one.at.now);
    one.at.pass(seconds(1));
    CHECK(now() == delivery::ending::reset);
    one.plan.enable(false);
    CHECK(now() == delivery::ending::whole);
  }

  TEST_CASE("chance follows from the seed") {
    fault_rule rare = rule(fault_kind::reset);
    rare.probability = 0.25;
    const auto drawn = [&](std::uint64_t seed) {
      fault_plan plan({rare}, seed, instant());
      std::string out;
      for (int i = 0; i < 1'000; ++i)
        out += plan.decide({"GET", "/api/v1/runs", {}, {}}, "", instant()).what == fault_kind::none ? '.' : 'x';
      return out;
    };
    CHECK(drawn(1) == drawn(1));
    CHECK(drawn(1) != drawn(2));
    const std::string third = drawn(3);
    CHECK(std::count(third.begin(), third.end(), 'x') > 200);
    CHECK(std::count(third.begin(), third.end(), 'x') < 300);
  }
}

}  // namespace triggerd::sandbox::test
