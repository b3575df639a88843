// Every endpoint beside every kind of credential: what the table allows goes through, everything else is refused here,
// and the server would refuse it as well.
#include "api/any_call.hpp"
#include "api/codes.hpp"
#include "api/public_tokens.hpp"
#include "base/text.hpp"
#include "client/client.hpp"
#include "client/request.hpp"
#include "sandbox/model.hpp"
#include "spec/endpoint.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace triggerd;
using nlohmann::json;
using spec::credential_kind;

namespace {

constexpr const char* project = "proj_shopaaaaaaaaaaaaaaaa";
constexpr const char* root_key = "tr_prod_shopInvented000000000001";
constexpr const char* full_key = "tr_prod_sk_shopInvented0000000005";
constexpr const char* user_token = "tr_pat_invented0000000000000000000000000000000001";
constexpr const char* organization_token = "tr_oat_invented0000000000000000000000000000000001";
constexpr const char* environment = "env_shop_prod";
const instant start(milliseconds(1'795'487'000'000));

sandbox::world one_environment() {
  sandbox::known_task hello;
  hello.name = "hello";
  sandbox::environment prod;
  prod.id = environment;
  prod.key = root_key;
  prod.additional_keys = {{.key = full_key, .scopes = {}}};
  prod.tasks = {hello};
  prod.prompts = {{.slug = "x1", .text = "hello"}};
  sandbox::project shop;
  shop.ref = project;
  shop.name = "shop";
  shop.environments = {prod};
  sandbox::world of;
  of.projects = {shop};
  for (const char* value : {user_token, organization_token}) {
    sandbox::access_token token;
    token.value = value;
    of.tokens.push_back(token);
  }
  return of;
}

struct server {
  sandbox::model model{one_environment(), 7, start};
  std::string run, batch, session;

  server() {
    run = asked("POST", "/api/v1/tasks/hello/trigger", "{}").at("id").get<std::string>();
    batch = asked("POST", "/api/v3/batches", R"({"runCount":1,"taskIdentifiers":["hello"]})").at("id");
    session = asked("POST", "/api/v1/sessions",
                    R"({"type":"chat","taskIdentifier":"hello","triggerConfig":{"basePayload":{}}})")
                  .at("id");
  }

  json asked(const char* method, const char* target, std::string body) {
    sandbox::request what{.method = method, .target = target, .headers = {}, .body = std::move(body)};
    what.headers = {{"authorization", std::string("Bearer ") + root_key},
                    {"content-type", "application/json"},
                    {"content-length", std::to_string(what.body.size())}};
    return json::parse(model.handle(what, start).body);
  }

  int status_of(const transport::request& what) {
    sandbox::request asked;
    asked.method = what.method;
    asked.target = what.url.substr(what.url.find('/', 8));
    asked.headers = what.headers;
    if (what.body) asked.body = *what.body;
    asked.headers.emplace_back("content-length", std::to_string(asked.body.size()));
    asked.headers.emplace_back("host", "api.test");
    return model.handle(asked, start).status;
  }
};

// What stands at each place of a path.
std::string value_at(const server& on, std::string_view name, std::string_view endpoint) {
  if (name == "projectRef") return project;
  if (endpoint.starts_with("prompts.")) return "x1";
  if (name == "slug" || name == "env") return "prod";
  if (name == "taskId") return "hello";
  if (name == "runId") return on.run;
  if (name == "batchId") return on.batch;
  if (name == "session") return on.session;
  if (name == "io") return "in";
  if (name == "target") return "self";
  if (name == "field") return "payload";
  return endpoint.starts_with("queues.") ? "task/hello" : "x1";
}

std::string body_for(const spec::endpoint& to) {
  if (to.id == "tasks.batchV2" || to.id == "tasks.batchV1") return R"({"items":[{"task":"hello"}]})";
  if (to.id == "batches.create") return R"({"runCount":1,"taskIdentifiers":["hello"]})";
  if (to.id == "sessions.create")
    return R"({"type":"chat","taskIdentifier":"hello","triggerConfig":{"basePayload":{}}})";
  if (to.id == "idempotencyKeys.reset") return R"({"taskIdentifier":"hello"})";
  if (to.id == "query.execute") return R"({"query":"SELECT count() FROM runs"})";
  if (to.id == "prompts.promote" || to.id == "prompts.reactivateOverride") return R"({"version":1})";
  if (to.id.starts_with("prompts.") && to.body == "json") return R"({"textContent":"hello"})";
  return to.body.empty() ? std::string() : to.body == "ndjson" ? R"({"index":0,"task":"hello"})" : "{}";
}

api::call call_of(const server& on, const spec::endpoint& to) {
  api::parameters given;
  for (const auto name : api::path_names(to)) given.emplace_back(std::string(name), value_at(on, name, to.id));
  if (to.id == "queues.retrieve") given.emplace_back("type", "task");
  if (to.id == "realtime.runs") given.emplace_back("tags", "a");
  const std::string body = body_for(to);
  return api::any_call(to.id, given, body.empty() ? nullptr : std::make_shared<const std::string>(body)).value().what;
}

// The first scope that the table asks for, with this world's ids; "read:nothing" for an unrelated token.
std::string scope_for(const server& on, const spec::endpoint& to) {
  if (to.scopes == "*") return "read:runs";
  std::string scope(to.scopes.substr(0, to.scopes.find(' ')));
  scope = scope.substr(0, scope.find('?'));
  const auto open = scope.find('{');
  if (open == scope.npos) return scope;
  const auto name = scope.substr(open + 1, scope.size() - open - 2);
  if (name == "each" || name == "task" || name == "taskIdentifier") return scope.substr(0, open) + "hello";
  if (name == "filtered" || name == "tag" || name == "each table" || name == "table")
    return scope.substr(0, open - 1);  // the whole type
  return scope.substr(0, open) + value_at(on, name, to.id);
}

std::string token_with(std::vector<std::string> scopes) {
  api::token_wish wish;
  wish.scopes = std::move(scopes);
  const auto made = api::sign_token(wish, {.environment = environment}, root_key, start);
  REQUIRE(made.has_value());
  return std::string(made->expose());
}

client::settings settings_with(const std::string& credential) {
  client::settings of;
  of.base_url = "https://api.test";
  of.project = project;
  of.env = spec::environment::prod;
  of.key = client::make_credential(secret(credential)).value();
  return of;
}

std::string credential_of(credential_kind kind, const server& on, const spec::endpoint& to) {
  switch (kind) {
    case credential_kind::secret_key: return root_key;
    case credential_kind::additional_key: return full_key;
    case credential_kind::pat: return user_token;
    case credential_kind::org_token: return organization_token;
    case credential_kind::public_token: return token_with({scope_for(on, to)});
  }
  return {};
}

bool is_denial(int status) { return status == 401 || status == 403; }

// The same request with a credential that ours would not let near it.
int forced(server& on, const spec::endpoint& to, const std::string& credential) {
  seeded_random random(1);
  client::settings of = settings_with(to.secret_key ? root_key : user_token);
  auto request = client::make_request(of, call_of(on, to), random, start).value();
  for (auto& [name, value] : request.headers)
    if (name == "authorization") value = "Bearer " + credential;
  return on.status_of(request);
}

}  // namespace

TEST_CASE("each endpoint takes the credentials of the table and no other, here as on the server") {
  std::size_t allowed = 0, refused = 0;
  for (const auto& to : spec::endpoints()) {
    if (to.open) continue;
    for (const auto kind : {credential_kind::secret_key, credential_kind::additional_key, credential_kind::pat,
                            credential_kind::org_token, credential_kind::public_token}) {
      server on;
      const std::string label = std::string(to.id) + " with " + std::string(spec::name(kind));
      CAPTURE(label);
      const auto credential = credential_of(kind, on, to);
      seeded_random random(1);
      const auto made = client::make_request(settings_with(credential), call_of(on, to), random, start);
      CHECK(made.has_value() == spec::may_call(kind, to));
      if (made) {
        ++allowed;
        const int status = on.status_of(*made);
        CAPTURE(status);
        CHECK_FALSE(is_denial(status));
      } else {
        ++refused;
        CHECK(made.error().code == api::codes::wrong_credential);
        CHECK(made.error().message.find(credential) == std::string::npos);
        const int status = forced(on, to, credential);
        CAPTURE(status);
        CHECK(is_denial(status));
      }
    }
  }
  MESSAGE(allowed << " allowed, " << refused << " refused");
  CHECK(allowed > 250);
  CHECK(refused > 250);
}

TEST_CASE("a public token without a fitting scope is refused here, and by the server") {
  for (const auto& to : spec::endpoints()) {
    if (to.open || !to.public_token || to.scopes == "*") continue;
    server on;
    const std::string label(to.id);
    CAPTURE(label);
    const auto credential = token_with({"read:waitpoints:another"});
    seeded_random random(1);
    const auto made = client::make_request(settings_with(credential), call_of(on, to), random, start);
    REQUIRE(made.has_error());
    CHECK(made.error().code == api::codes::wrong_credential);
    const int status = forced(on, to, credential);
    CAPTURE(status);
    CHECK(is_denial(status));
  }
}

TEST_CASE("what needs no credential gets none") {
  server on;
  for (const auto& to : spec::endpoints()) {
    if (!to.open) continue;
    seeded_random random(1);
    client::settings none;
    none.base_url = "https://api.test";
    const auto made = client::make_request(none, call_of(on, to), random, start).value();
    for (const auto& [name, value] : made.headers) CHECK(name != "authorization");
  }
}
