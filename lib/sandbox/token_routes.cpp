#include "sandbox/handlers.hpp"
#include "sandbox/public_tokens.hpp"

#include "sandbox/dice.hpp"

namespace triggerd::sandbox::handlers {

namespace {

constexpr auto usual_lifetime = std::chrono::minutes(15);
constexpr auto longest_lifetime = std::chrono::days(30);

std::variant<instant, reply> expiry(const state& in, const json& body) {
  const json* given = find(body, "expirationTime");
  if (given == nullptr) return in.now + usual_lifetime;
  const auto at = read_expiry(*given, in.now);
  if (!at) return refuse(400, "Invalid expirationTime");
  return *at;
}

reply token(const state& in, const live_environment& home, const json& scopes, instant until, const json& more) {
  return answer(200, {{"token", mint(home.root().spec->key, home.where->id, scopes, in.now, until, more)}});
}

json scopes_in(const json& body) {
  const json* claims = find(body, "claims");
  const json* scopes = claims != nullptr ? find(*claims, "scopes") : nullptr;
  return scopes != nullptr ? *scopes : json(nullptr);
}

// A limited key hands on what it has itself, nothing more.
json denied(const caller& who, const json& scopes) {
  json out = json::array();
  for (const json& one : scopes) {
    const std::string& scope = one.get_ref<const std::string&>();
    const std::size_t colon = scope.find(':');
    const std::string action = scope.substr(0, colon);
    const std::string resource = colon == std::string::npos ? std::string() : scope.substr(colon + 1);
    if (!who.may(action, {resource})) out.push_back(one);
  }
  return out;
}

}  // namespace

reply token_claims(state&, const call& from) {
  return answer(200, {{"sub", from.who.where->where->id}, {"pub", true}});
}

reply make_public_token(state& in, const call& from) {
  auto body = read_body(from, limits::trigger_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  const json& asked = std::get<json>(body);
  const json* scopes = find(asked, "scopes");
  if (scopes == nullptr) return refuse_body("Required", "scopes");
  if (!scopes->is_array()) return refuse_body("Expected array, received " + std::string(type_word(*scopes)), "scopes");
  if (scopes->empty()) return refuse_body("Array must contain at least 1 element(s)", "scopes");
  for (const json& one : *scopes)
    if (!one.is_string()) return refuse_body("Expected string, received " + std::string(type_word(one)), "scopes[0]");
  auto until = expiry(in, asked);
  if (auto* refusal = std::get_if<reply>(&until)) return std::move(*refusal);
  if (std::get<instant>(until) - in.now > longest_lifetime)
    return refuse(400, "expirationTime must be at most 30 days in the future");
  if (const json missing = denied(from.who, *scopes); !missing.empty())
    return answer(403, {{"error", "The requested scopes exceed the access of this API key"},
                        {"code", "scopes_exceed_key_access"},
                        {"deniedScopes", missing}});
  json more = json::object();
  const json* once = find(asked, "oneTimeUse");
  if (once != nullptr && *once == true) more["otu"] = true;
  if (const json* realtime = find(asked, "realtime")) more["realtime"] = *realtime;
  return token(in, *from.who.where, *scopes, std::get<instant>(until), more);
}

reply make_token(state& in, const call& from) {
  const json body = parse_json(from.asked.body).value_or(json::object());
  auto until = expiry(in, body);
  if (auto* refusal = std::get_if<reply>(&until)) return std::move(*refusal);
  return token(in, *from.who.where, scopes_in(body), std::get<instant>(until), json::object());
}

reply make_environment_token(state& in, const call& from) {
  const std::string_view slug = from.arguments[1];
  if (slug != "dev" && slug != "staging" && slug != "prod" && slug != "preview") return refuse(400, "Invalid Params");
  live_project* project = visible_project(in, from, from.arguments[0]);
  if (project == nullptr) return refuse(404, "Project not found");
  live_environment* home = in.homes.environment(*project, slug);
  if (home == nullptr) return refuse(404, "Environment not found");
  const std::string branch = credentials::branch_of(from.asked);
  if (slug == "preview" && !branch.empty()) {
    home = in.homes.branch(*project, environment_type::preview, branch);
    if (home == nullptr || home->archived) return refuse(404, "Branch not found");
  }
  const json body = parse_json(from.asked.body).value_or(json::object());
  auto until = expiry(in, body);
  if (auto* refusal = std::get_if<reply>(&until)) return std::move(*refusal);
  const json act = {{"act", {{"sub", stable_id("user " + from.who.user->email)}, {"client", "personal-access-token"}}}};
  return token(in, *home, scopes_in(body), std::get<instant>(until), act);
}

}  // namespace triggerd::sandbox::handlers
