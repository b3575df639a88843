#include "api/public_tokens.hpp"
#include "base/text.hpp"
#include "unit/api/reader_bench.hpp"
#include "unit/api/recording.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

using to = token_action;

constexpr const char* root_key = "tr_prod_Zx81kQpLm4Rt7WvB2nYc";  // of the recordings

std::vector<std::string> listed(const public_scopes& scopes) { return scopes.list().value(); }

std::int64_t span(const char* text) { return unix_end(text, instant(seconds(1'000))).value() - 1'000; }

// The token of a recording, signed again from what its claims say.
void sign_again(const std::string& name, const token_wish& wish, const char* key = root_key) {
  CAPTURE(name);
  const auto outcome = recording(name).at("outcome");
  const auto& claims = outcome.at("tokens_decoded").at(0).at("payload");
  const auto subject = fetch_token_subject().read(answer_of(name)).value();
  const instant begin{seconds(claims.at("iat").get<std::int64_t>())};
  const auto token = sign_token(wish, subject, key, begin);
  REQUIRE(token.has_value());
  CHECK((token->expose() == outcome.at("ok").get<std::string>()));
}

}  // namespace

TEST_CASE("scopes are listed action by action and type by type, as they were first named") {
  public_scopes scopes;
  scopes.allow(to::read, "runs")
      .allow(to::read, "tasks", {"a", "b"})
      .allow(to::write, "sessions", {"chat-1"})
      .allow(to::read, "tags", {"user:1"})
      .allow(to::write, "waitpoints", {"waitpoint_1"})
      .allow_everything()
      .allow(to::read, "tasks", {"c"});
  CHECK(listed(scopes) == std::vector<std::string>{"read:runs", "read:tasks:a", "read:tasks:b", "read:tasks:c",
                                                   "read:tags:user:1", "write:sessions:chat-1",
                                                   "write:waitpoints:waitpoint_1", "admin"});
  CHECK(listed(public_scopes().allow(to::batch_trigger, "tasks", {"t"}).allow(to::update, "prompts")) ==
        std::vector<std::string>{"batchTrigger:tasks:t", "update:prompts"});
  CHECK(listed(public_scopes().allow(to::admin, "sessions")) == std::vector<std::string>{"admin:sessions"});
}

TEST_CASE("a list without ids allows nothing, and an empty id or type is refused") {
  CHECK(listed(public_scopes()).empty());
  CHECK(listed(public_scopes().allow(to::read, "runs", {})).empty());
  for (const auto& scopes : {public_scopes().allow(to::read, "runs", {"a", ""}), public_scopes().allow(to::read, ""),
                             public_scopes().allow(to::admin, ""), public_scopes().allow(to::read, "runs", {"a\nb"})}) {
    REQUIRE_FALSE(scopes.list().has_value());
    CHECK(scopes.list().error().code == api::codes::bad_argument);
  }
}

TEST_CASE("a token's end is a span, unix seconds or an instant") {
  CHECK(span("15m") == 900);
  CHECK(span("24hr") == 86'400);
  CHECK(span("1 week") == 604'800);
  CHECK(span("7d") == 604'800);
  CHECK(span("90 Seconds") == 90);
  CHECK(span("1.5h") == 5'400);
  CHECK(span("1y") == 31'557'600);
  CHECK(span("2yrs") == 63'115'200);
  CHECK(unix_end(std::int64_t{1'893'456'000}, noon).value() == 1'893'456'000);
  CHECK(unix_end(instant(milliseconds(1'893'456'000'999)), noon).value() == 1'893'456'000);
}

TEST_CASE("a span that the server would not read, or that is none, is refused") {
  for (const auto* text : {"", "15", "m", "15x", "15  m", " 15m", "15m ", "-5m", "0s", "1h30m", "nan m", "infy", "101y",
                           "1e3s", "fortnight"}) {
    const std::string shown = text;
    CAPTURE(shown);
    const auto end = unix_end(std::string(text), noon);
    REQUIRE_FALSE(end.has_value());
    CHECK(end.error().code == api::codes::bad_argument);
  }
}

TEST_CASE("tokens are signed to the byte as the SDK signs them") {
  sign_again("auth.createPublicToken-runs-read",
             {.scopes = listed(public_scopes().allow(to::read, "runs", {"run_1", "run_2"})),
              .end = {},
              .one_time = {},
              .skip_columns = {}});
  sign_again("auth.createPublicToken-no-scopes", {});
  token_wish wish;
  wish.scopes = listed(public_scopes().allow(to::read, "runs"));
  wish.end = std::int64_t{1'893'456'000};
  sign_again("auth.createPublicToken-expiration-number", wish);
  wish.scopes = {"read:runs:run_1"};
  wish.end = instant(seconds(1'893'456'000));
  wish.skip_columns = {"payload", "output"};
  sign_again("auth.createPublicToken-expiration-date-and-skip-columns", wish);
  token_wish many;
  many.scopes = listed(public_scopes()
                           .allow(to::read, "runs")
                           .allow(to::read, "tasks", {"a", "b"})
                           .allow(to::read, "tags", {"user:1"})
                           .allow(to::read, "batch", {"batch_1"})
                           .allow(to::read, "sessions", {"chat-1", "session_2"})
                           .allow(to::write, "sessions", {"chat-1"})
                           .allow(to::write, "waitpoints", {"waitpoint_1"})
                           .allow_everything());
  many.end = "1hr";
  sign_again("auth.createPublicToken-many-scopes", many);
  token_wish branch;
  branch.scopes = {"read:sessions:chat-1", "write:sessions:chat-1"};
  sign_again("auth.createPublicToken-preview-branch", branch, "tr_preview_Mn7bVc3xZa1sDf5gHj9k");
}

TEST_CASE("tokens that trigger say whether they are good for once") {
  sign_again("auth.createTriggerPublicToken-single", trigger_token({"my-task"}).value());
  sign_again("auth.createBatchTriggerPublicToken-single", batch_trigger_token({"my-task"}).value());
  auto often = trigger_token({"a", "b"}, true).value();
  often.end = "24hr";
  sign_again("auth.createTriggerPublicToken-multiple-use", often);
  CHECK_FALSE(trigger_token({}).has_value());
  CHECK_FALSE(trigger_token({""}).has_value());
}

TEST_CASE("a token whose end cannot be read is not signed") {
  token_wish wish;
  wish.end = "soon";
  CHECK(sign_token(wish, {"env_1"}, root_key, noon).error().code == api::codes::bad_argument);
}

TEST_CASE("the subject of a key is asked for without a body") {
  const auto what = fetch_token_subject();
  check_request(what.what, "auth.createPublicToken-no-scopes");
  hold_reader(what, {R"({"sub":"env_1","pub":true})", {{"/sub", form::text}}});
  CHECK(what.read(response(200, R"({"sub":"env_1"})")).value().environment == "env_1");
}

TEST_CASE("the server mints tokens for those who cannot sign") {
  token_wish wish;
  wish.scopes = {"read:runs:run_1"};
  wish.end = instant(seconds(1'893'456'000));
  const auto mint = mint_token(wish).value();
  check_request(mint.what, "auth.createPublicToken-additional-key");
  CHECK(mint.what.secret_reply);
  const auto minted = mint.read(answer_of("auth.createPublicToken-additional-key")).value();
  CHECK((minted.token->expose() ==
         recording("auth.createPublicToken-additional-key").at("outcome").at("ok").get<std::string>()));
  hold_reader(mint, {R"({"token":"a.b.c"})", {{"/token", form::text}}});

  auto once = trigger_token({"my-task"}).value();
  once.end = "1h";
  check_request(mint_token(once).value().what, "auth.createTriggerPublicToken-additional-key");
}

TEST_CASE("a token is minted with a scope at least, and never with an end that cannot be read") {
  CHECK(mint_token({}).error().code == api::codes::bad_argument);
  token_wish wish;
  wish.scopes = {"read:runs"};
  wish.end = "soon";
  CHECK_FALSE(mint_token(wish).has_value());
  CHECK_FALSE(mint_jwt(wish).has_value());
  CHECK_FALSE(exchange_for_token("proj_1", spec::environment::prod, wish).has_value());
}

TEST_CASE("the older forms of minting send scopes and end alone") {
  token_wish wish;
  wish.scopes = {"read:runs"};
  wish.end = "1h";
  const auto jwt = mint_jwt(wish).value().what;
  CHECK(jwt.path == "/api/v1/auth/jwt");
  CHECK(json::parse(*jwt.body) == json::parse(R"({"claims":{"scopes":["read:runs"]},"expirationTime":"1h"})"));
  const auto exchange = exchange_for_token("proj_1", spec::environment::staging, wish).value().what;
  CHECK(exchange.path == "/api/v1/projects/proj_1/staging/jwt");
  CHECK(json::parse(*exchange.body) == json::parse(*jwt.body));
  CHECK(*mint_jwt({}).value().what.body == "{}");
  CHECK(jwt.secret_reply);
}

TEST_CASE("the claims of a token can be read without its key") {
  token_wish wish;
  wish.scopes = {"trigger:tasks:send"};
  wish.one_time = true;
  wish.skip_columns = {"payload"};
  const auto token = sign_token(wish, {"env_1"}, root_key, noon).value();
  const auto view = decode_token(token.expose()).value();
  CHECK(view.environment == "env_1");
  CHECK(view.scopes == wish.scopes);
  CHECK(view.one_time);
  CHECK(view.skip_columns == wish.skip_columns);
  CHECK(view.begin == std::chrono::floor<seconds>(noon));
  CHECK(view.end == std::chrono::floor<seconds>(noon) + std::chrono::minutes(15));
  CHECK_FALSE(view.ended(noon));
  CHECK(view.ended(noon + std::chrono::minutes(15)));
}

TEST_CASE("what is no token has no claims") {
  const auto of = [](std::string_view claims) { return "e30." + text::base64url(claims) + ".c2ln"; };
  for (const auto& token : {std::string(), std::string("a.b"), std::string("a.b.c.d"), std::string("..."),
                            of("not json"), of("[]"), of(R"({"pub":true})"), of(R"({"sub":""})"), of(R"({"sub":5})")}) {
    const auto view = decode_token(token);
    REQUIRE_FALSE(view.has_value());
    CHECK(view.error().code == api::codes::bad_argument);
  }
  const auto odd = decode_token(of(R"({"sub":"e","exp":1e300,"iat":-1,"scopes":[1,"a"],"realtime":5})")).value();
  CHECK_FALSE(odd.end.has_value());
  CHECK_FALSE(odd.begin.has_value());
  CHECK(odd.scopes == std::vector<std::string>{"a"});
  CHECK_FALSE(odd.ended(noon));
}
