#include "sandbox/call.hpp"

#include "sandbox/public_tokens.hpp"

#include <algorithm>

namespace triggerd::sandbox {

namespace {

bool falsy(const json& value) {
  return value.is_null() || value == false || (value.is_number() && value == 0) || (value.is_string() && value == "");
}

}  // namespace

std::variant<json, reply> read_body(const call& from, std::size_t most) {
  if (!first_header(from.asked.headers, "content-length") || from.asked.body.size() > most)
    return refuse(413, "Request body too large");
  if (from.asked.body.empty()) return refuse(400, "Request body is empty");
  if (nested_too_deep(from.asked.body)) return refuse(500, "Something went wrong");
  auto body = parse_json(from.asked.body);
  if (!body || falsy(*body)) return refuse(400, "Invalid JSON");
  return std::move(*body);
}

std::variant<json, reply> read_body_old(const call& from) {
  auto body = parse_json(from.asked.body);
  if (!body) return crashed();
  return std::move(*body);
}

bool spend_token(state& in, const caller& who) {
  return !who.one_time || in.used_tokens.emplace(who.token, true).second;
}

live_project* visible_project(state& in, const call& from, std::string_view ref) {
  if (from.who.user != nullptr) {
    const auto& seen = from.who.user->projects;
    if (!seen.empty() && std::find(seen.begin(), seen.end(), ref) == seen.end()) return nullptr;
  }
  return in.homes.project(ref);
}

void add_token(state& in, const caller& who, reply& to, const json& scopes, bool scopes_in_claims) {
  const std::string& id = who.where->where->id;
  json claims = {{"sub", id}, {"pub", true}};
  if (scopes_in_claims) claims["scopes"] = scopes;
  to.headers.emplace_back("x-trigger-jwt",
                          mint(who.where->root().spec->key, id, scopes, in.now, in.now + std::chrono::hours(1)));
  to.headers.emplace_back("x-trigger-jwt-claims", dump_json(claims));
}

}  // namespace triggerd::sandbox
