#include "api/concurrency_limits.hpp"

#include "unit/api/family_bench.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

const std::string limit_row =
    R"({"id":"climit_1","name":"partner-api","perKey":{"current":null,"base":null,"override":null,)"
    R"("overriddenAt":null},"total":{"current":3,"base":5,"override":3,"overriddenAt":"2026-01-15T10:00:05.000Z"},)"
    R"("running":1,"queued":2,"paused":true})";
const std::string key_row = R"({"name":"partner-api","concurrencyKey":"k","perKey":{"current":2,"base":5,"override":2,)"
                            R"("expiresAt":"2026-01-15T10:00:05.000Z"},"running":4,"paused":false})";
const std::map<std::string, form> limit_needs{{"/id", form::text},
                                              {"/name", form::text},
                                              {"/running", form::count},
                                              {"/queued", form::count},
                                              {"/paused", form::flag}};
const std::map<std::string, form> key_needs{
    {"/name", form::text}, {"/concurrencyKey", form::text}, {"/running", form::count}, {"/paused", form::flag}};

}  // namespace

TEST_CASE("concurrency limits are listed by numbered pages") {
  CHECK(line_of("GET", list_concurrency_limits({.page = 1, .per_page = 10}).what) ==
        "/api/v1/concurrency-limits?perPage=10&page=1");
  std::map<std::string, form> needs{{"/data", form::list},
                                    {"/data/0", form::object},
                                    {"/pagination", form::object},
                                    {"/pagination/currentPage", form::count},
                                    {"/pagination/totalPages", form::count},
                                    {"/pagination/count", form::count}};
  for (const auto& [pointer, wanted] : limit_needs) needs["/data/0" + pointer] = wanted;
  const std::string body = R"({"data":[)" + limit_row + R"(],"pagination":{"currentPage":1,"totalPages":1,"count":1}})";
  hold_reader(list_concurrency_limits({}), {body, needs});
  CHECK(value_of(list_concurrency_limits({}), body).limits.size() == 1);
}

TEST_CASE("a concurrency limit is retrieved by name, or one key of it") {
  CHECK(line_of("GET", retrieve_concurrency_limit("task/send-email")->what) ==
        "/api/v1/concurrency-limits/task%2Fsend-email");
  CHECK(line_of("GET", retrieve_concurrency_key("partner-api", "tenant 1")->what) ==
        "/api/v1/concurrency-limits/partner-api?concurrencyKey=tenant+1");
}

TEST_CASE("a concurrency limit is overridden as a whole or for one key") {
  const auto whole = override_concurrency_limit("partner-api", 10, 2)->what;
  CHECK(line_of("POST", whole) == "/api/v1/concurrency-limits/partner-api/override");
  CHECK(sent(whole) == json{{"total", 10}, {"perKey", 2}});
  CHECK(sent(override_concurrency_limit("l", {}, 0)->what) == json{{"perKey", 0}});
  const auto key = override_concurrency_key("partner-api", "k", 0, std::chrono::hours(24 * 7))->what;
  CHECK(line_of("POST", key) == "/api/v1/concurrency-limits/partner-api/override");
  CHECK(sent(key) == json{{"concurrencyKey", "k"}, {"perKey", 0}, {"ttl", "604800s"}});
  CHECK(sent(override_concurrency_key("l", "k", 3)->what) == json{{"concurrencyKey", "k"}, {"perKey", 3}});
}

TEST_CASE("a concurrency limit is paused, resumed and reset") {
  const auto pause = pause_concurrency_limit("partner-api")->what;
  CHECK(line_of("POST", pause) == "/api/v1/concurrency-limits/partner-api/pause");
  CHECK(sent(pause) == json{{"action", "pause"}});
  CHECK(sent(resume_concurrency_limit("l")->what) == json{{"action", "resume"}});
  const auto reset = reset_concurrency_limit("partner-api")->what;
  CHECK(line_of("POST", reset) == "/api/v1/concurrency-limits/partner-api/reset");
  CHECK(sent(reset) == json::object());
  CHECK(sent(reset_concurrency_key("l", "k")->what) == json{{"concurrencyKey", "k"}});
}

TEST_CASE("what the server would refuse of a concurrency limit is not sent") {
  hold_refused(override_concurrency_limit("l", {}, {}), "override");
  hold_refused(override_concurrency_limit("l", 100'001, {}), "total");
  hold_refused(override_concurrency_limit("l", {}, 100'001), "per_key");
  hold_refused(override_concurrency_key("l", "k", 100'001), "per_key");
  hold_refused(override_concurrency_key("l", "k", 1, std::chrono::hours(24 * 30) + milliseconds(1)), "ttl");
  hold_refused(override_concurrency_key("l", "k", 1, milliseconds(0)), "ttl");
  for (const auto* bad : {"", "a\nb", "\xff"}) {
    hold_refused(retrieve_concurrency_limit(bad), "concurrency limit");
    hold_refused(pause_concurrency_limit(bad), "concurrency limit");
    hold_refused(retrieve_concurrency_key("l", bad), "concurrency key");
    hold_refused(retrieve_concurrency_key(bad, "k"), "concurrency limit");
    hold_refused(reset_concurrency_key("l", bad), "concurrency key");
  }
}

TEST_CASE("concurrency limits and their keys are read with their bounds") {
  for (const auto& what : {retrieve_concurrency_limit("l"), override_concurrency_limit("l", 1, 1),
                           pause_concurrency_limit("l"), resume_concurrency_limit("l"), reset_concurrency_limit("l")})
    hold_reader(what.value(), {limit_row, limit_needs});
  for (const auto& what :
       {retrieve_concurrency_key("l", "k"), override_concurrency_key("l", "k", 1), reset_concurrency_key("l", "k")})
    hold_reader(what.value(), {key_row, key_needs});
  const auto limit = value_of(retrieve_concurrency_limit("l").value(), limit_row);
  CHECK(limit.id == "climit_1");
  CHECK(limit.paused);
  CHECK(limit.running == 1);
  CHECK(limit.queued == 2);
  CHECK(limit.total.current == 3u);
  CHECK(limit.total.base == 5u);
  CHECK(limit.total.override_with == 3u);
  CHECK(limit.total.overridden.has_value());
  CHECK_FALSE(limit.per_key.current.has_value());
  CHECK_FALSE(limit.per_key.overridden.has_value());
  const auto key = value_of(retrieve_concurrency_key("l", "k").value(), key_row);
  CHECK(key.key == "k");
  CHECK(key.per_key.override_with == 2u);
  CHECK(key.per_key.expires == instant(milliseconds(1'768'471'205'000)));
  CHECK(key.running == 4);
  CHECK_FALSE(key.paused);
}
