#include "api/codes.hpp"
#include "api/envvars.hpp"
#include "base/limits.hpp"
#include "transport/codes.hpp"
#include "unit/api/calls.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

failure judged(const call& what, const transport::outcome& seen) {
  const auto found = classify(what, seen, noon);
  REQUIRE(found.has_value());
  return *found;
}
failure judged(const call& what, int status, std::string body = {}, const wire::header_list& head = {}) {
  return judged(what, wire::reply(status, std::move(body), head));
}
failure_kind kind_of(const call& what, int status, const wire::header_list& head = {}) {
  return judged(what, status, "{}", head).kind;
}

const wire::header_list try_again{{"x-should-retry", "true"}};
const wire::header_list never_again{{"x-should-retry", "false"}};

}  // namespace

TEST_CASE("every 2xx is no failure, whatever its body") {
  for (int status = 200; status < 300; ++status) {
    CAPTURE(status);
    CHECK_FALSE(classify(replaying(), wire::reply(status, "<html>"), noon).has_value());
  }
}

TEST_CASE("a redirect is refused, also when it says to try again") {
  for (const int status : {300, 301, 302, 303, 304, 307, 308}) {
    CAPTURE(status);
    for (const auto& what : {reading(), unkeyed_trigger(), replaying()}) {
      const auto f = judged(what, status, {}, {{"location", "https://elsewhere"}, {"x-should-retry", "true"}});
      CHECK(f.kind == failure_kind::refused);
      CHECK(f.what.code == api::codes::redirected);
      CHECK(f.status == status);
      CHECK_FALSE(f.may_have_happened);
      CHECK(f.what.describe().find("elsewhere") == std::string::npos);
    }
  }
}

TEST_CASE("each refusal has its own code and is final") {
  const std::pair<int, error_code> expected[] = {{400, api::codes::refused},   {403, api::codes::forbidden},
                                                 {404, api::codes::not_found}, {405, api::codes::refused},
                                                 {409, api::codes::refused},   {411, api::codes::refused},
                                                 {413, api::codes::too_large}, {415, api::codes::refused},
                                                 {422, api::codes::refused},   {431, api::codes::too_large}};
  for (const auto& [refusal, code] : expected) {
    const int status = refusal;
    CAPTURE(status);
    for (const auto& what : {reading(), keyed_trigger(), replaying()}) {
      const auto f = judged(what, status, R"({"error":"no"})");
      CHECK(f.kind == failure_kind::refused);
      CHECK(f.what.code == code);
      CHECK(f.what.peer == "no");
      CHECK(f.what.message.find('(' + std::to_string(status) + ')') != std::string::npos);
      CHECK(f.what.message.find(what.endpoint->id) == 0);
      CHECK_FALSE(f.may_have_happened);
      CHECK_FALSE(f.should_retry.has_value());
      CHECK_FALSE(f.wait.has_value());
    }
  }
}

TEST_CASE("401 speaks of the credential, whatever the server says about trying again") {
  for (const auto& head : {wire::header_list{}, try_again, never_again}) {
    const auto f = judged(keyed_trigger(), 401, R"({"error":"Invalid API key"})", head);
    CHECK(f.kind == failure_kind::credential);
    CHECK(f.what.code == api::codes::unauthorized);
    CHECK(f.what.peer == "Invalid API key");
  }
}

TEST_CASE("a 404 that the server calls passing is transient; plainly missing or forbidden is not") {
  CHECK(kind_of(reading(), 404, try_again) == failure_kind::transient);
  CHECK(kind_of(reading(), 404, never_again) == failure_kind::refused);
  CHECK(kind_of(reading(), 404) == failure_kind::refused);
  CHECK(judged(reading(), 404, "{}", try_again).should_retry == true);
  CHECK(judged(reading(), 404, "{}", never_again).should_retry == false);
  for (const auto* word : {"TRUE", "True", "1", "yes", ""}) {
    CAPTURE(word);
    const auto f = judged(reading(), 404, "{}", {{"x-should-retry", word}});
    CHECK(f.kind == failure_kind::refused);
    CHECK_FALSE(f.should_retry.has_value());
  }
}

TEST_CASE("an HTML 404 of an unknown path is refused without words") {
  const auto f = judged(reading(), 404, "<!DOCTYPE html><html><body>Not found</body></html>",
                        {{"content-type", "text/html; charset=utf-8"}});
  CHECK(f.kind == failure_kind::refused);
  CHECK(f.what.code == api::codes::not_found);
  CHECK(f.what.peer.empty());
}

TEST_CASE("a server fault is ambiguous exactly for a mutation that may not be repeated") {
  for (const int status : {500, 501, 502, 503, 504, 529, 599, 408}) {
    CAPTURE(status);
    for (const auto& what : {reading(), keyed_trigger(), cancelling(), stream_items("b", body_of("")).what,
                             import_variables("p", "prod", body_of("{}"), true).what})
      CHECK(kind_of(what, status) == failure_kind::transient);
    for (const auto& what : {unkeyed_trigger(), replaying(), deleting(), create_batch(1, {"t"}, "key").what,
                             create_bulk_action(bulk_kind::replay, {"r"}, "n").what,
                             import_variables("p", "prod", body_of("{}"), false).what})
      CHECK(kind_of(what, status) == failure_kind::ambiguous);
    CHECK(judged(replaying(), status).may_have_happened);
    CHECK(judged(cancelling(), status).may_have_happened);
    CHECK_FALSE(judged(reading(), status).may_have_happened);
    CHECK(judged(reading(), status).what.code == api::codes::server);
  }
}

TEST_CASE("saying try again does not make a lost replay safe to repeat") {
  CHECK(kind_of(replaying(), 503, try_again) == failure_kind::ambiguous);
  CHECK(kind_of(unkeyed_trigger(), 500, try_again) == failure_kind::ambiguous);
}

TEST_CASE("the 500s that stand for a mistake of ours are final") {
  CHECK(kind_of(locked_trigger(), 500) == failure_kind::refused);
  CHECK(kind_of(listing_project(), 500) == failure_kind::refused);
  CHECK(judged(locked_trigger(), 500).may_have_happened);  // a 500 is never proof
  CHECK(kind_of(locked_trigger(), 503) == failure_kind::transient);
  CHECK(kind_of(listing_project(), 502) == failure_kind::transient);
  CHECK(kind_of(locked_trigger(), 500, try_again) == failure_kind::transient);
  CHECK(kind_of(keyed_trigger(), 500) == failure_kind::transient);
}

TEST_CASE("429 had no effect, whatever the call") {
  for (const auto& what : {reading(), unkeyed_trigger(), replaying()}) {
    const auto f = judged(what, 429, R"({"title":"Rate Limit Exceeded","error":"Rate limit exceeded"})",
                          {{"x-ratelimit-limit", "750"},
                           {"x-ratelimit-remaining", "0"},
                           {"x-ratelimit-reset", std::to_string(noon.time_since_epoch().count() + 12'345)}});
    CHECK(f.kind == failure_kind::throttled);
    CHECK(f.what.code == api::codes::rate_limited);
    CHECK(f.wait == milliseconds(12'345));
    CHECK_FALSE(f.may_have_happened);
  }
}

TEST_CASE("a 429 that calls itself final is still a wait, with the word kept") {
  const auto f = judged(replaying(), 429, R"({"error":"Too many concurrent bulk replays"})", never_again);
  CHECK(f.kind == failure_kind::throttled);
  CHECK(f.should_retry == false);
  CHECK_FALSE(f.wait.has_value());
}

TEST_CASE("only a 429 asks to wait") {
  const wire::header_list head{{"retry-after", "7"}, {"x-ratelimit-reset", "1795487007000"}};
  for (const int status : {400, 404, 408, 500, 503})
    CHECK_FALSE(judged(reading(), status, "{}", head).wait.has_value());
}

TEST_CASE("a request that never left is safe to repeat, unless no configuration could ever send it") {
  for (const auto& what : {reading(), replaying()}) {
    for (const auto code : {transport::codes::resolve, transport::codes::connect, transport::codes::tls,
                            transport::codes::timeout, transport::codes::busy, transport::codes::closed}) {
      const auto f = judged(what, wire::not_sent(code));
      CHECK(f.kind == failure_kind::not_sent);
      CHECK(f.what.code == code);
      CHECK(f.status == 0);
      CHECK_FALSE(f.may_have_happened);
    }
    CHECK(judged(what, wire::not_sent(transport::codes::unusable)).kind == failure_kind::refused);
  }
}

TEST_CASE("a reply that did not come is ambiguous for what may not be repeated, transient for the rest") {
  for (const auto code : {transport::codes::broken, transport::codes::timeout, transport::codes::closed,
                          transport::codes::resend_refused, transport::codes::too_large, transport::codes::protocol}) {
    CAPTURE(code.name);
    for (const auto& what : {unkeyed_trigger(), replaying(), deleting()}) {
      const auto f = judged(what, wire::ambiguous(code));
      CHECK(f.kind == failure_kind::ambiguous);
      CHECK(f.may_have_happened);
      CHECK(f.what.code == code);
    }
    CHECK(judged(reading(), wire::ambiguous(code)).kind == failure_kind::transient);
    CHECK_FALSE(judged(reading(), wire::ambiguous(code)).may_have_happened);
    CHECK(judged(keyed_trigger(), wire::ambiguous(code)).kind == failure_kind::transient);
    CHECK(judged(keyed_trigger(), wire::ambiguous(code)).may_have_happened);
  }
}

TEST_CASE("a reply cut off after its head keeps its status and decides nothing") {
  for (const int status : {200, 404, 500}) {
    auto cut = wire::ambiguous();
    cut.reply.status = status;
    const auto f = judged(replaying(), cut);
    CHECK(f.kind == failure_kind::ambiguous);
    CHECK(f.status == status);
    CHECK(judged(reading(), cut).kind == failure_kind::transient);
  }
}

TEST_CASE("a status that HTTP does not have is an unreadable reply") {
  for (const int status : {0, 100, 101, 199, 600, 999, -1}) {
    CAPTURE(status);
    const auto f = judged(replaying(), status);
    CHECK(f.what.code == api::codes::unreadable);
    CHECK(f.kind == failure_kind::ambiguous);
    CHECK(f.status == status);
    CHECK(judged(reading(), status).kind == failure_kind::transient);
  }
}

TEST_CASE("a success that cannot be read may have happened") {
  const auto seen = wire::reply(200, "<html>", never_again);
  const auto why = fail(api::codes::unreadable, "the reply is not JSON");
  const auto lost = unreadable(replaying(), seen, why);
  CHECK(lost.kind == failure_kind::ambiguous);
  CHECK(lost.may_have_happened);
  CHECK(lost.status == 200);
  CHECK(lost.should_retry == false);
  CHECK(lost.what.message == "runs.replay: the reply is not JSON");
  CHECK(unreadable(keyed_trigger(), seen, why).kind == failure_kind::transient);
  CHECK(unreadable(keyed_trigger(), seen, why).may_have_happened);
  CHECK(unreadable(reading(), seen, why).kind == failure_kind::transient);
  CHECK_FALSE(unreadable(reading(), seen, why).may_have_happened);
}

TEST_CASE("a server that quotes what it refuses gives no key and no value of a variable away") {
  const auto said = [](const call& what, int status, std::string body) {
    return judged(what, status, std::move(body)).what.peer;
  };
  CHECK(said(reading(), 403, R"({"error":"tr_pat_0123456789abcdef may not"})") == "tr_pat_[redacted] may not");
  variable_import what;
  what.values = {{"API_TOKEN", "two\nlines of it"}, {"PORT", "8080"}};
  const auto import =
      import_variables("proj_x", "prod", std::make_shared<const std::string>(import_body(what)), true).what;
  CHECK(said(import, 422, R"({"error":"no","variableErrors":[{"key":"API_TOKEN","error":"bad: two\nlines of it"}]})") ==
        "no - API_TOKEN: bad: [redacted]");
  CHECK(said(import, 400, "cannot read " + *import.body) ==
        R"(cannot read {"override":true,"variables":{"API_TOKEN":"[redacted]","PORT":"8080"}})");
  CHECK(said(update_variable("proj_x", "prod", "API_TOKEN", "hunter2-hunter2").what, 400,
             R"({"error":"API_TOKEN cannot be hunter2-hunter2"})") == "API_TOKEN cannot be [redacted]");
  // Cleaned before it is cut.
  const std::string long_words = std::string(limits::peer_words - 8, '-') + "two\\nlines of it";
  CHECK_FALSE(said(import, 400, "{\"error\":\"" + long_words + "\"}").ends_with("two"));
}

TEST_CASE("every kind of failure has its own name") {
  std::vector<std::string_view> names;
  for (const auto kind : {failure_kind::not_sent, failure_kind::ambiguous, failure_kind::throttled,
                          failure_kind::transient, failure_kind::credential, failure_kind::refused})
    names.push_back(name(kind));
  CHECK(names ==
        std::vector<std::string_view>{"not-sent", "ambiguous", "throttled", "transient", "credential", "refused"});
}

TEST_CASE("an unchecked failure is a programming error that says what failed") {
  const answer<int> none = judged(reading(), 403);
  CHECK_THROWS_WITH_AS(none.value(), doctest::Contains("runs.retrieve"), std::logic_error);
}
