#include "conformance/caller.hpp"

namespace triggerd::conformance {

namespace {

constexpr std::string_view origin = "http://127.0.0.1:48110/";  // of every recording; one slash at its end is dropped

// The first of some members that is there and no null.
std::string first_of(const json& of, std::initializer_list<const char*> names) {
  for (const auto* name : names)
    if (of.contains(name) && of[name].is_string()) return of[name].get<std::string>();
  return {};
}

json member(const json& of, const char* name) { return of.contains(name) ? of[name] : json::object(); }

bool is_global(const json& step) { return step.at("on") == "sdk"; }

const json& config_of(const json& call, const json& step) {
  const auto on = step.at("on").get<std::string>();
  if (on == "sdk") return call.at("configure");
  if (on == "ApiClient") return call.at("api_client").at("config");
  if (call.contains("clients")) return call.at("clients").at(on).at("config");
  return call.at("client").at("config");
}

// In the order of the SDK; ours is told one credential and reads no variable of its process.
std::string token_of(const json& config, const json& process, bool global) {
  auto token = global ? first_of(config, {"secretKey", "accessToken"}) : first_of(config, {"accessToken", "secretKey"});
  return token.empty() ? first_of(process, {"TRIGGER_SECRET_KEY", "TRIGGER_ACCESS_TOKEN"}) : token;
}

std::string branch_of(const json& config, const json& process) {
  if (config.contains("previewBranch")) return first_of(config, {"previewBranch"});
  auto branch = first_of(process, {"TRIGGER_PREVIEW_BRANCH", "VERCEL_GIT_COMMIT_REF", "TRIGGER_DEV_BRANCH"});
  return branch == "default" ? std::string() : branch;
}

std::string base_url_of(const json& config, const json& process) {
  auto url = first_of(config, {"baseURL"});
  if (url.empty()) url = first_of(process, {"TRIGGER_API_URL"});
  return url.empty() ? std::string(origin) : url;
}

result<std::shared_ptr<const client::credential>> credential_of(const std::string& token) {
  if (token.empty()) return std::shared_ptr<const client::credential>();
  return client::make_credential(secret(token));
}

std::map<std::string, std::string> headers_of(const json& config) {
  std::map<std::string, std::string> headers;
  const json added = member(member(config, "requestOptions"), "additionalHeaders");
  for (const auto& header : added.items()) headers[header.key()] = header.value().get<std::string>();
  return headers;
}

// What the SDK takes from the task it runs in, and ours from a value that somebody passes on.
std::optional<client::context> context_of(const json& call, const json& step, const json& process) {
  const json& config = config_of(call, step);
  const bool inherits = is_global(step) || config.value("inheritContext", false);
  if (!inherits) return std::nullopt;
  client::context around;
  around.version = first_of(process, {"TRIGGER_VERSION"});
  if (call.contains("inside_task")) {
    const json& ctx = call["inside_task"].at("ctx");
    around.run = ctx.at("run").at("id").get<std::string>();
    around.test = ctx.at("run").value("isTest", false);
    around.attempt = ctx.at("attempt").at("number").get<int>();
    around.project = ctx.at("project").at("ref").get<std::string>();
    around.slug = ctx.at("environment").at("slug").get<std::string>();
  }
  return around == client::context() ? std::nullopt : std::optional(around);
}

result<client::settings> settings_of(const json& call, const json& step) {
  const json& config = config_of(call, step);
  const json process = member(call, "process_env");
  client::settings of;
  of.base_url = base_url_of(config, process);
  auto key = credential_of(token_of(config, process, is_global(step)));
  if (!key) return key.error();
  of.key = std::move(*key);
  if (of.key && of.key->env) of.env = *of.key->env;
  of.branch = branch_of(config, process);
  of.headers = headers_of(config);
  of.around = context_of(call, step, process);
  if (member(config, "future").value("v2RealtimeStreams", true) == false) of.streams_version = "v1";
  of.check_scopes = false;  // the tokens of the recordings are invented
  // As the SDK does it: it repeats whatever failed.
  of.retry = {.repeat_ambiguous = true, .repeat_conflicts = true};
  of.retry = of.retry.with(retries_of(member(config, "requestOptions")));
  return of;
}

// The scopes around a call of the global functions, the outer one first. An instance does not see them.
result<client::retrying_client> within_scopes(client::retrying_client by, const json& step) {
  if (!is_global(step) || !step.contains("with_auth")) return by;
  json merged = json::object();
  for (const auto& scope : step["with_auth"]) {
    merged.update(scope);  // of two kinds of credential the SDK takes the one, whichever scope it is from
    client::overrides changes;
    auto key = credential_of(token_of(merged, json::object(), false));
    if (!key) return key.error();
    changes.key = std::move(*key);
    if (scope.contains("baseURL")) changes.base_url = scope["baseURL"].get<std::string>();
    if (scope.contains("previewBranch")) changes.branch = first_of(scope, {"previewBranch"});
    if (scope.contains("requestOptions")) changes.headers = headers_of(scope);
    changes.retry = retries_of(member(scope, "requestOptions"));
    by = by.with(changes);
  }
  return by;
}

}  // namespace

result<caller> caller_of(const json& call, const json& step, const surroundings& around) {
  auto of = settings_of(call, step);
  if (!of) return of.error();
  const client::client once(around.wire, around.time, around.random, std::move(*of));
  auto by = within_scopes(client::retrying_client(once, around.queue), step);
  if (!by) return by.error();
  return caller{.by = std::move(*by), .deployment = first_of(config_of(call, step), {"externalDeploymentId"})};
}

json additional_headers(const json& call, const json& step) {
  return member(member(config_of(call, step), "requestOptions"), "additionalHeaders");
}

client::retry_settings retries_of(const json& options) {
  client::retry_settings set;
  const json retry = member(options, "retry");
  const auto wait = [&](const char* name) -> std::optional<milliseconds> {
    if (!retry.contains(name)) return std::nullopt;
    return milliseconds(retry[name].get<std::int64_t>());
  };
  if (retry.contains("maxAttempts")) set.attempts = retry["maxAttempts"].get<int>();
  if (retry.contains("factor")) set.factor = retry["factor"].get<double>();
  if (retry.contains("randomize")) set.randomize = retry["randomize"].get<bool>();
  set.first = wait("minTimeoutInMs");
  set.most = wait("maxTimeoutInMs");
  return set;
}

}  // namespace triggerd::conformance
