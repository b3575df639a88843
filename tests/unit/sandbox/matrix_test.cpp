// Every endpoint of the contract with every kind of credential: who is let in, and who is not.
#include "site.hpp"

#include "sandbox/public_tokens.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace triggerd::sandbox::test {

namespace {

constexpr const char* full_key = "tr_prod_sk_shopInvented0000000full";
constexpr const char* scoped_key = "tr_prod_sk_shopInvented000000stray";  // its scope opens nothing here
constexpr const char* admin_key = "tr_prod_sk_shopInvented000000admin";

world world_of_keys() {
  world out = small_world();
  out.limits = {};
  out.limits.api = out.limits.management = out.limits.batch = bucket();
  out.limits.tokens_per_minute = 0;
  auto& extra = out.projects[0].environments[3].additional_keys;
  extra.push_back({full_key, {}});
  extra.push_back({scoped_key, {"read:nothing"}});
  extra.push_back({admin_key, {"admin"}});
  return out;
}

// A world with one of everything that the paths name.
class matrix {
 public:
  matrix() {
    names_["taskId"] = names_["task"] = names_["taskIdentifier"] = "hello";
    names_["tag"] = "t";
    names_["projectRef"] = shop;
    names_["env"] = "prod";
    names_["target"] = "self";
    names_["field"] = "payload";
    names_["batchId"] = names_["batch"] = at.post("/api/v3/batches", {{"runCount", 1}}).id();
    at.items(names_["batchId"], {{{"index", 0}, {"task", "hello"}, {"options", {{"tags", {"t"}}}}}});
    at.pass(seconds(2));
    names_["runId"] = at.get("/api/v2/batches/" + names_["batchId"]).body.at("runs")[0].get<std::string>();
    at.post("/api/v1/sessions", {{"type", "chat"},
                                 {"externalId", "chat-1"},
                                 {"taskIdentifier", "hello"},
                                 {"triggerConfig", {{"basePayload", json::object()}}}});
    names_["session"] = "chat-1";
  }

  std::string filled(std::string text) const {
    for (const auto& [name, value] : names_) {
      const std::string hole = '{' + name + '}';
      for (std::size_t found = text.find(hole); found != std::string::npos; found = text.find(hole))
        text.replace(found, hole.size(), value);
    }
    return text;
  }

  // 0: let in; otherwise the status of the refusal.
  int refusal(const json& endpoint, const std::string& token) {
    std::string path = filled(endpoint.at("path_template"));
    for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{'))
      path.replace(open, path.find('}') - open + 1, "x");
    const std::string method = endpoint.at("http_method");
    const std::string body = bodies(endpoint.at("id"));
    request asked = at.make(method.c_str(), path, body, token.c_str(), {{"content-type", type(endpoint.at("id"))}});
    const answered got = at.send(asked);
    known = got.header("content-type") != "text/html; charset=utf-8";
    const bool scope_missing =
        got.status == 403 && got.body.is_object() && got.body.value("code", "") == "unauthorized";
    return got.status == 401 || scope_missing ? got.status : 0;
  }

  std::string token(const json& scopes, seconds lifetime = seconds(600)) {
    const std::string subject = at.get("/api/v1/whoami").body.at("id");
    return mint(prod_key, subject, scopes, at.now, at.now + lifetime);
  }

  site at{world_of_keys()};
  bool known = true;

 private:
  static std::string bodies(const std::string& id) {
    if (id == "batches.items")
      return R"({"index":0,"task":"hello"})"
             "\n";
    if (id.starts_with("tasks.batch")) return R"({"items":[{"task":"hello"}]})";
    if (id == "batches.create") return R"({"runCount":1,"taskIdentifiers":["hello"]})";
    if (id == "idempotencyKeys.reset") return R"({"taskIdentifier":"hello"})";
    if (id == "bulk.create") return R"({"action":"cancel","runIds":["run_x"]})";
    if (id == "sessions.create")
      return R"({"type":"chat","taskIdentifier":"hello","triggerConfig":{"basePayload":{}}})";
    if (id == "sessions.endAndContinue") return R"({"callingRunId":"run_x","reason":"r"})";
    if (id == "auth.publicTokens") return R"({"scopes":["read:nothing"]})";
    return R"({"x":1})";
  }
  static std::string type(const std::string& id) {
    return id == "batches.items" ? "application/x-ndjson" : "application/json";
  }

  std::map<std::string, std::string> names_;
};

// {io} and the words after a scope are about the path, not the scope.
std::string scope_of(const matrix& in, std::string text) {
  text.resize(std::min(text.find(" ("), text.size()));
  for (const char* each : {"{each}", "{each filtered}"})
    if (const std::size_t found = text.find(each); found != std::string::npos)
      text.replace(found, std::string(each).size(), "hello");
  return in.filled(text);
}

std::vector<json> endpoints() {
  std::ifstream file(TRIGGERD_SOURCE_DIR "/tests/conformance/data/endpoints.json");
  std::vector<json> out;
  json whole = json::parse(file);
  for (json& one : whole.at("endpoints")) {
    // Both directions of a channel have their rules; the ones of `in` are the table's.
    std::string path = one.at("path_template");
    if (const std::size_t io = path.find("{io}"); io != std::string::npos) path.replace(io, 4, "in");
    if (one.at("id") == "realtime.runs") path += "?tags=t";
    one["path_template"] = path;
    out.push_back(std::move(one));
  }
  return out;
}

bool is_of(const json& endpoint, std::initializer_list<const char*> families) {
  const std::string id = endpoint.at("id");
  return std::any_of(families.begin(), families.end(), [&](const char* one) { return id.starts_with(one); });
}

bool names_a_filter(const std::string& scope) { return scope.find("filtered") != std::string::npos; }

}  // namespace

TEST_SUITE("credentials and endpoints") {
  TEST_CASE("each endpoint opens to a public token with any one of its scopes, and to no other") {
    std::size_t opened = 0;
    for (const json& endpoint : endpoints()) {
      const json& scopes = endpoint.at("auth").at("public_token");
      const std::string id = endpoint.at("id");
      // Of the others nothing stands in this world: they answer 404 before they ask for scopes.
      const bool stands =
          is_of(endpoint, {"tasks", "batches", "idempotency", "runs", "sessions", "realtime", "streams", "packets"});
      CAPTURE(id);
      matrix in;
      const int stray = in.refusal(endpoint, in.token({"read:nothing"}));
      if (!in.known || (scopes.is_array() && !stands)) continue;
      const bool anything = scopes.is_array() && scopes[0].get<std::string>().starts_with('(');
      CHECK((stray == 0) == anything);
      if (anything || !scopes.is_array()) continue;
      CHECK(stray == 403);
      for (const json& one : scopes) {
        if (names_a_filter(one)) continue;
        const std::string scope = scope_of(in, one);
        CAPTURE(scope);
        matrix fresh;
        const std::string good = fresh.token({scope});
        CHECK(fresh.refusal(endpoint, good) == 0);
        CHECK(fresh.refusal(endpoint, fresh.token({"admin"})) == 0);
        CHECK(fresh.refusal(endpoint, fresh.token({scope}, seconds(-1))) == 401);
        CHECK(fresh.refusal(endpoint, good.substr(0, good.size() - 4) + "AAAA") == 401);
        ++opened;
      }
    }
    CHECK(opened > 40);
  }

  TEST_CASE("secret keys and users are let in as the contract says") {
    for (const json& endpoint : endpoints()) {
      const json& auth = endpoint.at("auth");
      const std::string id = endpoint.at("id");
      CAPTURE(id);
      matrix in;
      const int root = in.refusal(endpoint, prod_key);
      if (!in.known) continue;
      if (auth.at("public_token").is_array() && auth.at("public_token")[0] == "(no credential needed)") continue;
      if (is_of(endpoint, {"environments.key", "branches.upsert"}))
        continue;  // with the preview key, or their own rules
      CHECK((root == 0) == (auth.at("secret_key") == true));
      matrix by_user;
      if (auth.at("pat").is_boolean()) CHECK((by_user.refusal(endpoint, user_token) == 0) == (auth.at("pat") == true));
      const json& extra = auth.at("additional_key");
      if (extra == false) continue;
      matrix by_key;
      CHECK(by_key.refusal(endpoint, full_key) == 0);
      const int limited = matrix().refusal(endpoint, admin_key);
      CHECK(limited == (extra == "full" ? 401 : 0));
    }
  }

  TEST_CASE("a key whose scopes do not fit is refused where scopes count") {
    for (const json& endpoint : endpoints()) {
      const json& auth = endpoint.at("auth");
      const std::string id = endpoint.at("id");
      const bool counts = auth.at("additional_key") == "scoped" || auth.at("additional_key") == "scope admin";
      if (!counts || !is_of(endpoint, {"tasks.trigger", "batches", "runs.list", "runs.retrieve", "runs.cancel",
                                       "runs.replay", "sessions", "realtime", "streams", "envvars"}))
        continue;
      CAPTURE(id);
      matrix in;
      const int got = in.refusal(endpoint, scoped_key);
      if (in.known) CHECK(got == 403);
    }
  }

  TEST_CASE("a one-time token triggers once, alone or as a batch") {
    matrix in;
    site& at = in.at;
    const auto once = [&](const char* scope) {
      at.pass(seconds(1));  // tokens of one second are the same text
      const json order = {{"scopes", {scope}}, {"oneTimeUse", true}};
      return at.post("/api/v1/auth/public-tokens", order).body.at("token").get<std::string>();
    };
    const std::string single = once("trigger:tasks:hello");
    CHECK(at.trigger("hello", json::object(), single.c_str()).status == 200);
    CHECK(at.trigger("hello", json::object(), single.c_str()).status == 422);
    const std::string group = once("batchTrigger:tasks:hello");
    const json order = {{"runCount", 1}, {"taskIdentifiers", {"hello"}}};
    const answered made = at.post("/api/v3/batches", order, group.c_str());
    CHECK(made.status == 202);
    CHECK(at.items(made.id(), {{{"index", 0}, {"task", "hello"}}}, group.c_str()).status == 200);
    CHECK(at.post("/api/v3/batches", order, group.c_str()).status == 422);
    const std::string older = once("batchTrigger:tasks:hello");
    const json whole = {{"items", {{{"task", "hello"}}}}};
    CHECK(at.post("/api/v2/tasks/batch", whole, older.c_str()).status == 202);
    CHECK(at.post("/api/v2/tasks/batch", whole, older.c_str()).status == 422);
  }

  TEST_CASE("items of a batch need a scope for each of their tasks") {
    matrix in;
    site& at = in.at;
    const std::string token = in.token({"batchTrigger:tasks:hello"});
    const json order = {{"runCount", 2}, {"taskIdentifiers", {"hello"}}};
    const std::string id = at.post("/api/v3/batches", order, token.c_str()).id();
    const json own = {{"index", 0}, {"task", "hello"}}, foreign = {{"index", 1}, {"task", "slow"}};
    CHECK(at.items(id, {own, foreign}, token.c_str()).status == 403);
    const answered sent = at.items(id, {own}, token.c_str());
    CHECK(sent.body.at("itemsAccepted") == 1);  // the refusal took none
  }
}

}  // namespace triggerd::sandbox::test
