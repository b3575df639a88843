#include "conformance/caller.hpp"

namespace triggerd::conformance {

namespace {

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

result<std::shared_ptr<const client::credential>> credential_of(const std::string& token) {
  if (token.empty()) return std::shared_ptr<const client::credential>();
  return client::make_credential(secret(token));
}

result<client::settings> settings_of(const json& config, const json& process, bool global) {
  if (config.contains("baseURL") && is_undefined(config["baseURL"]))
    return no_counterpart("the recording does not hold the client's base URL");
  if (member(config, "future").contains("v2RealtimeStreams"))
    return no_counterpart("the version of realtime streams cannot be chosen");
  if (global && process.contains("TRIGGER_VERSION"))
    return no_counterpart("a version of tasks is never read from the process's environment");
  client::settings of;
  of.base_url = first_of(config, {"baseURL"});
  if (of.base_url.empty()) of.base_url = first_of(process, {"TRIGGER_API_URL"});
  auto key = credential_of(token_of(config, process, global));
  if (!key) return key.error();
  of.key = std::move(*key);
  if (of.key && of.key->env) of.env = *of.key->env;
  of.branch = branch_of(config, process);
  const json added = member(member(config, "requestOptions"), "additionalHeaders");
  for (const auto& header : added.items()) of.headers[header.key()] = header.value().get<std::string>();
  return of;
}

// The scopes around a call of the global functions, the outer one first. An instance does not see them.
result<client::client> within_scopes(client::client by, const json& step) {
  if (!is_global(step) || !step.contains("with_auth")) return by;
  for (const auto& scope : step["with_auth"]) {
    client::overrides changes;
    auto key = credential_of(token_of(scope, json::object(), false));
    if (!key) return key.error();
    changes.key = std::move(*key);
    if (scope.contains("baseURL")) changes.base_url = scope["baseURL"].get<std::string>();
    if (scope.contains("previewBranch")) changes.branch = scope["previewBranch"].get<std::string>();
    by = by.with(changes);
  }
  return by;
}

}  // namespace

result<caller> caller_of(const json& call, const json& step, const surroundings& around) {
  const json& config = config_of(call, step);
  const bool isolated = !is_global(step) && !config.contains("inheritContext");
  if (call.contains("inside_task") && !isolated)
    return no_counterpart("a call inside a task takes over its run, its flags and its headers");
  auto of = settings_of(config, member(call, "process_env"), is_global(step));
  if (!of) return of.error();
  auto by = within_scopes(client::client(around.wire, around.time, around.random, std::move(*of)), step);
  if (!by) return by.error();
  return caller{.by = std::move(*by), .deployment = first_of(config, {"externalDeploymentId"})};
}

json additional_headers(const json& call, const json& step) {
  return member(member(config_of(call, step), "requestOptions"), "additionalHeaders");
}

}  // namespace triggerd::conformance
