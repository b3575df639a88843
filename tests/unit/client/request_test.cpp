#include "api/codes.hpp"
#include "base/limits.hpp"
#include "unit/client/bench.hpp"

#include <set>

using namespace triggerd;
using namespace triggerd::client;
using namespace triggerd::client::test;
using spec::environment;

namespace {

std::set<std::string> names_of(const transport::request& request) {
  std::set<std::string> names;
  for (const auto& header : request.headers) names.insert(header.first);
  CHECK(names.size() == request.headers.size());  // none twice
  return names;
}

void refuse(const settings& of, const api::call& what, error_code code) {
  const auto request = made(of, what);
  REQUIRE_FALSE(request.has_value());
  CHECK(request.error().code == code);
  if (of.key && !of.key->value.empty())
    CHECK(request.error().describe().find(of.key->value.expose()) == std::string::npos);
}

bool branch_goes(const std::string& key, environment env, const api::call& what) {
  const auto of = settings_of(key, env, "feature/x");
  const auto request = made(of, what);
  REQUIRE(request.has_value());
  const auto sent = values(*request, "x-trigger-branch");
  CHECK(sends_branch(of, what) == !sent.empty());
  for (const auto& one : sent) CHECK(one == "feature/x");
  return !sent.empty();
}

const std::set<std::string> always{"authorization", "x-trigger-api-version", "x-trigger-realtime-streams-version",
                                   "x-trigger-source", "x-trigger-request-idempotency-key"};

std::set<std::string> with(std::set<std::string> names, std::initializer_list<const char*> more) {
  for (const auto* name : more) names.insert(name);
  return names;
}

}  // namespace

TEST_CASE("each kind of credential in each environment sends the same headers, and the branch where it counts") {
  struct row {
    std::string key;
    environment env;
    bool branch;
  };
  const row rows[] = {{prod_key, environment::prod, false},
                      {staging_key, environment::staging, false},
                      {dev_key, environment::dev, true},
                      {preview_key, environment::preview, true},
                      {additional_key, environment::prod, false}};
  for (const auto& [invented, env, branch] : rows) {
    const std::string key = invented;
    CAPTURE(key);
    const auto of = settings_of(key, env, "feature/x");
    const auto names = branch ? with(always, {"x-trigger-branch"}) : always;
    const auto read = made(of, reading()).value();
    CHECK(names_of(read) == names);
    CHECK(value(read, "authorization") == "Bearer " + key);
    CHECK(value(read, "x-trigger-api-version") == "2025-07-16");
    CHECK(value(read, "x-trigger-realtime-streams-version") == "v2");
    CHECK(value(read, "x-trigger-source") == "api");
    const auto trigger = made(of, triggering()).value();
    CHECK(names_of(trigger) == with(names, {"content-type"}));
    CHECK(value(trigger, "content-type") == "application/json");
    auto items = with(names, {"content-type"});
    items.erase("x-trigger-request-idempotency-key");
    const auto stream = made(of, streaming()).value();
    CHECK(names_of(stream) == items);
    CHECK(value(stream, "content-type") == "application/x-ndjson");
  }
}

TEST_CASE("a key's own environment decides about the branch, not the configured one and not the path") {
  for (const auto env : {environment::dev, environment::staging, environment::prod, environment::preview}) {
    for (const auto& what :
         {reading(), triggering(), listing("preview"), listing("dev"), listing("prod"), listing("staging")}) {
      CHECK_FALSE(branch_goes(prod_key, env, what));
      CHECK_FALSE(branch_goes(additional_key, env, what));
      CHECK_FALSE(branch_goes(staging_key, env, what));
      CHECK(branch_goes(preview_key, env, what));
      CHECK(branch_goes(dev_key, env, what));
    }
  }
}

TEST_CASE("a personal token sends the branch beside the slugs preview and dev only") {
  for (const auto& token : {pat, org_token}) {
    for (const auto env : {environment::dev, environment::staging, environment::prod, environment::preview}) {
      CHECK(branch_goes(token, env, listing("preview")));
      CHECK(branch_goes(token, env, listing("dev")));
      CHECK_FALSE(branch_goes(token, env, listing("prod")));
      CHECK_FALSE(branch_goes(token, env, listing("staging")));
      CHECK_FALSE(branch_goes(token, env, listing("stg")));
      CHECK_FALSE(branch_goes(token, env, listing("anything")));
      CHECK(branch_goes(token, env, api::fetch_environment_key("proj_1", "preview").what));
      CHECK_FALSE(branch_goes(token, env, api::fetch_environment_key("proj_1", "prod").what));
      CHECK_FALSE(branch_goes(token, env, api::whoami_user("proj_1").what));
    }
  }
  CHECK_FALSE(branch_goes(pat, environment::preview, api::list_project_runs("proj_1", "preview", {}).what));
  CHECK_FALSE(branch_goes(pat, environment::preview, api::list_branches("proj_1").what));
  CHECK_FALSE(branch_goes(pat, environment::preview, api::list_environments("preview").what));
}

TEST_CASE("a project named like an environment does not draw the branch along") {
  CHECK_FALSE(branch_goes(pat, environment::prod, api::list_variables("preview", "prod").what));
  CHECK_FALSE(branch_goes(pat, environment::prod, api::retrieve_variable("dev", "staging", "preview").what));
}

TEST_CASE("a public token follows the configured environment") {
  CHECK(branch_goes(jwt, environment::preview, reading()));
  CHECK(branch_goes(jwt, environment::dev, reading()));
  CHECK_FALSE(branch_goes(jwt, environment::prod, reading()));
  CHECK_FALSE(branch_goes(jwt, environment::staging, reading()));
}

TEST_CASE("without a branch, or where the call leaves it away, no branch header goes out") {
  auto of = settings_of(preview_key, environment::preview);
  CHECK(values(made(of, reading()).value(), "x-trigger-branch").empty());
  of.branch = "x";
  auto what = reading();
  what.branch = false;
  CHECK(values(made(of, what).value(), "x-trigger-branch").empty());
  of.key = nullptr;
  CHECK_FALSE(sends_branch(of, reading()));
}

TEST_CASE("a branch goes out as its Latin-1 bytes, unencoded") {
  const auto sent = [](std::string branch) {
    return value(made(settings_of(preview_key, environment::preview, std::move(branch)), reading()).value(),
                 "x-trigger-branch");
  };
  CHECK(sent("feature/login form") == "feature/login form");
  CHECK(sent("feature%2Flogin") == "feature%2Flogin");
  CHECK(sent("größe-ÿ") ==
        "gr\xF6\xDF"
        "e-\xFF");
}

TEST_CASE("a branch that the header cannot carry is refused before anything is sent") {
  for (const std::string branch :
       {" x", "x ", "\tx", "a\nb", "a\rb", "a\x7f", "日本", "ā", "a\xff", "\xC2\x85", "\xC2\x80", "a\xC3"}) {
    CAPTURE(branch);
    refuse(settings_of(preview_key, environment::preview, branch), reading(), api::codes::bad_argument);
    // Where the header does not go out, its value does not matter.
    CHECK(made(settings_of(prod_key, environment::prod, branch), reading()).has_value());
  }
}

TEST_CASE("a credential that may not call the endpoint is refused before anything is sent") {
  struct row {
    api::call what;
    std::set<std::string> allowed;
  };
  const std::set<std::string> keys{prod_key, additional_key, dev_key};
  const row rows[] = {{triggering(), with(keys, {jwt.c_str()})},
                      {reading(), with(keys, {jwt.c_str()})},
                      {streaming(), with(keys, {jwt.c_str()})},
                      {api::list_runs({}).what, with(keys, {jwt.c_str()})},
                      {api::cancel_run("r").what, with(keys, {jwt.c_str()})},
                      {api::replay_run("r").what, keys},
                      {listing("prod"), with(keys, {pat.c_str(), org_token.c_str()})},
                      {api::whoami_key().what, keys},
                      {api::whoami_user("p").what, {pat, org_token}},
                      {api::list_project_runs("p", "prod", {}).what, {pat}},
                      {api::list_environments("p").what, {pat}},
                      {api::list_branches("p").what, {pat}},
                      {api::fetch_environment_key("p", "prod").what, {prod_key, dev_key, pat, org_token}},
                      {api::mint_public_token("read:runs", 60).what, keys}};
  for (const auto& [asked, allowed] : rows) {
    const auto& what = asked;
    CAPTURE(what.endpoint->id);
    for (const auto& key : {prod_key, dev_key, additional_key, pat, org_token, jwt}) {
      CAPTURE(key);
      if (allowed.contains(key)) CHECK(made(settings_of(key), what).has_value());
      else refuse(settings_of(key), what, api::codes::wrong_credential);
    }
  }
}

TEST_CASE("a refusal says which credential the endpoint takes") {
  const auto why = made(settings_of(pat), triggering()).error().message;
  CHECK(why.find("of the kind pat may not call tasks.trigger") != std::string::npos);
  CHECK(why.find("a secret key, an additional key or a public access token") != std::string::npos);
}

TEST_CASE("no credential is no request") {
  auto of = settings_of(prod_key);
  of.key = nullptr;
  refuse(of, reading(), api::codes::wrong_credential);
  of.key = std::make_shared<const credential>();
  refuse(of, reading(), api::codes::wrong_credential);
}

TEST_CASE("a path with an empty or dotted name is refused, because it names another endpoint") {
  for (const auto* name : {"", ".", ".."}) {
    CAPTURE(name);
    refuse(settings_of(prod_key), api::retrieve_run(name).what, api::codes::bad_argument);
    refuse(settings_of(prod_key), api::delete_variable("proj_1", "prod", name).what, api::codes::bad_argument);
    refuse(settings_of(prod_key), api::list_variables("proj_1", name).what, api::codes::bad_argument);
    refuse(settings_of(prod_key), api::list_variables(name, "prod").what, api::codes::bad_argument);
  }
  CHECK(made(settings_of(prod_key), api::retrieve_run("...").what).has_value());
  CHECK(made(settings_of(prod_key), api::retrieve_run("a/../b").what).value().url ==
        "https://api.test/api/v3/runs/a%2F..%2Fb");
  api::run_filter dots;
  dots.bulk_action = "../..";
  CHECK(made(settings_of(prod_key), api::list_runs(dots).what).has_value());  // a query may hold what it likes
}

TEST_CASE("additional headers are added and never replace what is ours") {
  auto of = settings_of(prod_key);
  of.headers = {{"X-Tenant", "acme"},        {"traceparent", "00-1"},        {"Authorization", "Bearer nope"},
                {"content-TYPE", "x"},       {"X-Trigger-Branch", "other"},  {"x-trigger-source", "cli"},
                {"Content-Length", "0"},     {"Host", "elsewhere"},          {"Transfer-Encoding", "chunked"},
                {"Idempotency-Key", "same"}, {"Idempotency-Key-TTL", "30d"}, {"Expect", "100-continue"},
                {"Accept-Encoding", "br"},   {"Connection", "close"},        {"Upgrade", "h2c"}};
  const auto request = made(of, triggering()).value();
  CHECK(names_of(request) == with(always, {"content-type", "x-tenant", "traceparent"}));
  CHECK(value(request, "x-tenant") == "acme");
  CHECK(value(request, "authorization") == "Bearer " + prod_key);
}

TEST_CASE("an additional header that no header line can carry is refused") {
  const std::pair<const char*, const char*> bad[] = {{"", "v"},  {"a b", "v"},    {"a:b", "v"},   {"a\r\nb", "v"},
                                                     {"ü", "v"}, {"x", "a\r\nb"}, {"x", "a\x01"}, {"x", "\x7f"}};
  for (const auto& [name, text] : bad) {
    auto of = settings_of(prod_key);
    of.headers = {{name, text}};
    refuse(of, reading(), api::codes::bad_argument);
  }
}

TEST_CASE("a request whose head the server would refuse is refused here") {
  auto of = settings_of(prod_key);
  of.headers = {{"x-large", std::string(limits::request_headers - 1'000, 'x')}};
  CHECK(made(of, reading()).has_value());
  of.headers = {{"x-large", std::string(limits::request_headers, 'x')}};
  refuse(of, reading(), api::codes::bad_argument);
  refuse(settings_of(prod_key), api::retrieve_run(std::string(limits::request_headers, 'x')).what,
         api::codes::bad_argument);
}

TEST_CASE("a path with control characters in a name is refused, for no server gives such names") {
  for (const auto* name : {"run_1\n", "a\r\nx-header: 1", "\x7f", "\t"}) {
    CAPTURE(name);
    refuse(settings_of(prod_key), api::retrieve_run(name).what, api::codes::bad_argument);
    refuse(settings_of(prod_key), api::retrieve_variable("proj_1", "prod", name).what, api::codes::bad_argument);
  }
  CHECK(made(settings_of(prod_key), api::retrieve_run("50%0A \xc3\xa9").what).has_value());
}

TEST_CASE("the address is the base URL with the call's path, and never holds the key") {
  auto of = settings_of(prod_key);
  of.base_url = "https://host/gateway";
  const auto request = made(of, reading()).value();
  CHECK(request.url == "https://host/gateway/api/v3/runs/run_1");
  CHECK(request.url.find(prod_key) == std::string::npos);
  CHECK(request.method == "GET");
}

TEST_CASE("what the transport must know comes from the call and the settings") {
  auto of = settings_of(prod_key);
  of.connect_timeout = milliseconds(11);
  of.first_byte_timeout = milliseconds(22);
  const auto read = made(of, reading()).value();
  CHECK_FALSE(read.mutation);
  CHECK_FALSE(read.chunked);
  CHECK(read.body == nullptr);
  CHECK(read.connect_timeout == milliseconds(11));
  CHECK(read.first_byte_timeout == milliseconds(22));
  CHECK(read.most_bytes == limits::response_body);
  const auto trigger = made(of, triggering()).value();
  CHECK(trigger.mutation);
  CHECK_FALSE(trigger.chunked);  // the server answers 413 to a body without Content-Length
  CHECK(*trigger.body == "{}");
  CHECK(made(of, streaming()).value().chunked);
  CHECK(made(of, api::cancel_run("r").what).value().mutation);
  CHECK(made(of, api::cancel_run("r").what).value().body == nullptr);
}

TEST_CASE("every request has a fresh id, and the same seed gives the same one") {
  seeded_random random(5);
  const auto of = settings_of(prod_key);
  std::set<std::string> ids;
  for (int i = 0; i < 20; ++i) {
    const auto id =
        value(make_request(of, triggering(), random, instant()).value(), "x-trigger-request-idempotency-key");
    CHECK(id.size() == 36);
    CHECK(id[14] == '4');
    ids.insert(id);
  }
  CHECK(ids.size() == 20);
  CHECK(value(made(of, reading(), 9).value(), "x-trigger-request-idempotency-key") ==
        value(made(of, reading(), 9).value(), "x-trigger-request-idempotency-key"));
}
