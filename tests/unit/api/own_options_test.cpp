#include "api/own_options.hpp"
#include "api/codes.hpp"
#include "api/trigger_options.hpp"
#include "support/shown_result.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

using namespace triggerd;
using namespace triggerd::api;
using nlohmann::json;

namespace {

constexpr milliseconds day = std::chrono::hours(24);

own_options keyed(const std::string& key, milliseconds ttl = day) {
  auto made = keyed_options(key, ttl);
  REQUIRE(made.has_value());
  return std::move(*made);
}

json sent_with(const json& shared, const own_options& own) {
  json_members out;
  add_options(out, shared, own);
  return json::parse(out.take());
}

}  // namespace

TEST_CASE("what runs share and what each has for itself are sent together") {
  CHECK(sent_with(json(), {}) == json::object());
  const json shared = trigger_options({{"queue", "slow"}, {"ttl", "1m"}, {"metadata", {{"a", {1, "\n"}}}}}).value();
  CHECK(sent_with(shared, {}) == shared);
  json whole = shared;
  whole["idempotencyKey"] = std::string(64, 'k');
  whole["idempotencyKeyTTL"] = "86400s";
  whole["tags"] = {"td:1"};
  own_options own = keyed(std::string(64, 'k'));
  own.tag = "td:1";
  CHECK(sent_with(shared, own) == whole);
}

TEST_CASE("our tag stands at the end of the job's own") {
  own_options own;
  CHECK(sent_with({{"tags", {"b", "a"}}}, own) == json{{"tags", {"b", "a"}}});
  own.tag = "td:\"1";
  CHECK(sent_with({{"tags", {"b", "a"}}}, own) == json{{"tags", {"b", "a", "td:\"1"}}});
  CHECK(sent_with(json::object(), own) == json{{"tags", {"td:\"1"}}});
}

TEST_CASE("a key is hashed as the official SDK does it, with its words beside it") {
  const own_options own = keyed("order-1");
  CHECK(sent_with(json(), own) ==
        json{{"idempotencyKey", "0bafe22156d2698c143b86040446d366ead863ba600d5c924f3d15c786ef4057"},
             {"idempotencyKeyOptions", {{"key", "order-1"}, {"scope", "run"}}},
             {"idempotencyKeyTTL", "86400s"}});
  CHECK(hashed_key("order-1") == own.key);
}

TEST_CASE("a key of 64 UTF-16 units is taken as hashed") {
  const std::string hashed = hashed_key("order-1");
  CHECK(keyed(hashed).key == hashed);
  CHECK(keyed(hashed).key_words.empty());
  std::string emoji;
  for (int i = 0; i < 32; ++i) emoji += "😀";
  CHECK(keyed(emoji).key == emoji);
  CHECK(keyed(emoji).key_words.empty());
  CHECK(keyed(std::string(63, 'k')).key_words.size() == 63);
  CHECK(keyed(std::string(65, 'k')).key_words.size() == 65);
}

TEST_CASE("a key that the server would swallow or refuse is refused here") {
  for (const auto& bad : {std::string(), std::string("se\nsame"), std::string("sesame\xff"), std::string(2'049, 'k')}) {
    const auto made = keyed_options(bad, day);
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().code == api::codes::bad_argument);
    CHECK(made.error().message.find("sesame") == std::string::npos);
  }
  CHECK(keyed_options(std::string(2'048, 'k'), day).has_value());
}

TEST_CASE("a key's lifetime is more than zero, and sent as whole seconds that do not lapse early") {
  CHECK(keyed("k", std::chrono::hours(24 * 30)).key_ttl == "2592000s");
  CHECK(keyed("k", milliseconds(1'001)).key_ttl == "2s");
  CHECK_FALSE(keyed_options("k", milliseconds(0)).has_value());
  CHECK_FALSE(keyed_options("k", milliseconds(-1)).has_value());
}
