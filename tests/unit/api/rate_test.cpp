#include "api/rate.hpp"
#include "unit/api/calls.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

constexpr auto budget = "x-ratelimit-limit";
constexpr auto left = "x-ratelimit-remaining";
constexpr auto reset = "x-ratelimit-reset";

transport::headers head_of(const wire::header_list& list) { return response(200, {}, list).head; }

std::optional<milliseconds> wait_of(const wire::header_list& list, std::string body = "{}") {
  return asked_wait(response(429, std::move(body), list), noon);
}

std::string in_ms(std::int64_t later) { return std::to_string(noon.time_since_epoch().count() + later); }
std::string in_s(std::int64_t later) { return std::to_string(noon.time_since_epoch().count() / 1'000 + later); }

}  // namespace

TEST_CASE("an ordinary reply tells the budget of requests") {
  const auto facts = read_rate(head_of({{budget, "750"}, {left, "749"}, {reset, "1795487017739"}}));
  CHECK(facts.limit == 750u);
  CHECK(facts.remaining == 749u);
  CHECK(facts.reset == instant(milliseconds(1'795'487'017'739)));
  const auto batch = read_batch_rate(head_of({{budget, "750"}, {left, "749"}, {reset, "1795487017739"}}));
  CHECK_FALSE(batch.limit.has_value());
  CHECK_FALSE(batch.reset.has_value());
}

TEST_CASE("a batch 429 carries both budgets, told apart by the unit of their resets") {
  const wire::header_list doubled{{budget, "750"},  {left, "741"}, {reset, in_ms(5'000)},
                                  {budget, "1200"}, {left, "0"},   {reset, in_s(40)}};
  const wire::header_list other_way{{budget, "1200"}, {left, "0"},   {reset, in_s(40)},
                                    {budget, "750"},  {left, "741"}, {reset, in_ms(5'000)}};
  const wire::header_list folded{{budget, "750, 1200"}, {left, "741, 0"}, {reset, in_ms(5'000) + ", " + in_s(40)}};
  for (const auto& head : {doubled, other_way, folded}) {
    const auto requests = read_rate(head_of(head));
    CHECK(requests.limit == 750u);
    CHECK(requests.remaining == 741u);
    CHECK(requests.reset == noon + milliseconds(5'000));
    const auto items = read_batch_rate(head_of(head));
    CHECK(items.limit == 1'200u);
    CHECK(items.remaining == 0u);
    CHECK(items.reset == noon + seconds(40));
    CHECK(wait_of(head) == seconds(40));
  }
}

TEST_CASE("without headers nothing is known") {
  const auto facts = read_rate(head_of({}));
  CHECK_FALSE(facts.limit.has_value());
  CHECK_FALSE(facts.remaining.has_value());
  CHECK_FALSE(facts.reset.has_value());
  CHECK_FALSE(wait_of({}).has_value());
}

TEST_CASE("headers that are no numbers are as good as absent, and shift nothing") {
  for (const auto* bad : {"", "soon", "-1", "1.5", "0x10", "99999999999999999999999", "999999999999999"}) {
    CAPTURE(bad);
    CHECK_FALSE(read_rate(head_of({{budget, "1"}, {reset, bad}})).reset.has_value());
    CHECK_FALSE(wait_of({{left, "0"}, {reset, bad}}).has_value());
  }
  const auto items = read_batch_rate(
      head_of({{budget, "x"}, {left, "5"}, {reset, "never"}, {budget, "9"}, {left, "0"}, {reset, in_s(1)}}));
  CHECK(items.limit == 9u);
  CHECK(items.remaining == 0u);
}

TEST_CASE("Retry-After in whole seconds wins over everything") {
  CHECK(wait_of({{"retry-after", "8"}, {left, "0"}, {reset, in_ms(60'000)}}, R"({"secondsUntilReset":30})") ==
        seconds(8));
  CHECK(wait_of({{"retry-after", " 0 "}}) == milliseconds(0));
  CHECK(wait_of({{"retry-after", "Wed, 21 Oct 2026 07:28:00 GMT"}, {left, "0"}, {reset, in_ms(1)}}) == milliseconds(1));
  CHECK(wait_of({{"retry-after", "-5"}}) == std::nullopt);
}

TEST_CASE("the body's seconds come next, because no clock of ours can spoil them") {
  CHECK(wait_of({{left, "0"}, {reset, in_ms(60'000)}}, R"({"secondsUntilReset":2.5})") == milliseconds(2'500));
  CHECK(wait_of({}, R"({"secondsUntilReset":0.0001})") == milliseconds(1));  // rounded up
  CHECK(wait_of({}, R"({"secondsUntilReset":-3})") == milliseconds(0));
  CHECK(wait_of({}, R"({"secondsUntilReset":1e300})").value() >=
        std::chrono::hours(24 * 365));  // clamped, not overflown
  for (const auto* body :
       {R"({"secondsUntilReset":"5"})", R"({"secondsUntilReset":null})", "[5]", "5", "", "<html>", "{"}) {
    CAPTURE(body);
    CHECK(wait_of({{left, "0"}, {reset, in_ms(7)}}, body) == milliseconds(7));
  }
  CHECK(wait_of({}, R"({"secondsUntilReset":5,"x":")" + std::string(70'000, ' ') + "\"}") == std::nullopt);
}

TEST_CASE("the reset of the budget that is used up binds, else the latest") {
  CHECK(wait_of({{left, "0"}, {reset, in_ms(3'000)}, {left, "9"}, {reset, in_s(99)}}) == seconds(3));
  CHECK(wait_of({{left, "0"}, {reset, in_ms(3'000)}, {left, "0"}, {reset, in_s(99)}}) == seconds(99));
  CHECK(wait_of({{left, "4"}, {reset, in_ms(3'000)}, {left, "9"}, {reset, in_s(99)}}) == seconds(99));
  CHECK(wait_of({{reset, in_ms(3'000)}}) == seconds(3));
}

TEST_CASE("a reset in the past asks for no wait") {
  CHECK(wait_of({{left, "0"}, {reset, in_ms(-5'000)}}) == milliseconds(0));
  CHECK(wait_of({{left, "0"}, {reset, "0"}}) == milliseconds(0));
}
