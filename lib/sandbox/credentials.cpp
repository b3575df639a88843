#include "sandbox/credentials.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"
#include "sandbox/public_tokens.hpp"

#include <algorithm>
#include <array>

namespace triggerd::sandbox {

namespace {

struct scope {
  std::string_view action, type, id;
};

// Only the first two colons split: ids may hold more.
scope read_scope(std::string_view text) {
  const std::size_t first = text.find(':');
  if (first == std::string_view::npos) return {text, {}, {}};
  const std::size_t second = text.find(':', first + 1);
  if (second == std::string_view::npos) return {text.substr(0, first), text.substr(first + 1), {}};
  return {text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1)};
}

bool action_fits(const scope& has, std::string_view asked, std::string_view type) {
  if (has.action == "*" || has.action == asked) return true;
  return has.action == "write" && type == "tasks" && (asked == "trigger" || asked == "batchTrigger");
}

bool grants(std::string_view text, std::string_view action, std::string_view resource) {
  const scope has = read_scope(text);
  if (has.action == "admin") return true;
  const std::size_t colon = resource.find(':');
  const std::string_view type = resource.substr(0, colon);
  const std::string_view id = colon == std::string_view::npos ? std::string_view() : resource.substr(colon + 1);
  if (!action_fits(has, action, type)) return false;
  if (has.type != "all" && has.type != type) return false;
  return has.id.empty() || has.id == id;
}

}  // namespace

bool caller::may(std::string_view action, const std::vector<std::string>& resources) const {
  if (full) return true;
  return std::any_of(scopes.begin(), scopes.end(), [&](const std::string& has) {
    return std::any_of(resources.begin(), resources.end(),
                       [&](const std::string& resource) { return grants(has, action, resource); });
  });
}

credentials::credentials(const world& of, places& homes) : homes_(homes) {
  for (live_environment& home : homes.all()) {
    if (home.parent != nullptr) continue;
    if (!home.spec->key.empty()) keys_[home.spec->key] = {&home, true, {}};
    for (const additional_key& extra : home.spec->additional_keys) keys_[extra.key] = {&home, false, extra.scopes};
  }
  for (const access_token& token : of.tokens) users_[token.value] = &token;
}

std::string_view credentials::token_of(const request& asked) {
  const auto value = first_header(asked.headers, "authorization");
  if (!value) return {};
  if (value->starts_with("Bearer ")) return text::trim(value->substr(7));  // the scheme word is case-sensitive
  if (value->starts_with("tr_") && value->find(' ') == std::string_view::npos) return *value;
  return {};
}

std::string credentials::branch_of(const request& asked) {
  constexpr std::array<std::string_view, 6> prefixes = {"heads/", "remotes/", "tags/", "pull/", "merge/", "release/"};
  std::string_view value = text::trim(first_header(asked.headers, "x-trigger-branch").value_or(""));
  if (!value.starts_with("refs/")) return std::string(value);
  value.remove_prefix(5);
  for (const std::string_view prefix : prefixes)
    if (value.starts_with(prefix)) return std::string(value.substr(prefix.size()));
  return {};
}

bool credentials::is_public_token(std::string_view token) {
  return token.starts_with("eyJ") && std::count(token.begin(), token.end(), '.') == 2;
}

std::variant<caller, denial> credentials::find(const request& asked, instant now) const {
  const std::string_view token = token_of(asked);
  if (const auto key = keys_.find(token); key != keys_.end()) return with_key(key->second, asked);
  if (is_public_token(token)) return with_public_token(token, now);
  return denial::unknown;
}

std::variant<caller, denial> credentials::with_key(const key& found, const request& asked) const {
  caller out;
  out.kind = found.root ? caller_kind::root_key : caller_kind::additional_key;
  out.where = found.where;
  out.scopes = found.scopes;
  out.full = found.scopes.empty();
  const environment_type type = found.where->spec->type;
  const std::string branch = branch_of(asked);
  if (type == environment_type::preview && branch.empty()) return denial::branch_required;
  const bool other = type == environment_type::preview ||
                     (type == environment_type::development && !branch.empty() && branch != "default");
  if (!other) return out;
  out.where = homes_.branch(*found.where->project, type, branch);
  if (out.where == nullptr || out.where->archived) return denial::no_branch;
  return out;
}

std::variant<caller, denial> credentials::with_public_token(std::string_view token, instant now) const {
  const auto claims = read_claims(token);
  if (!claims) return denial::bad_token;
  live_environment* where = homes_.by_id(claims->subject);
  if (where == nullptr || !is_signed(token, where->root().spec->key) || claims->expires <= now)
    return denial::bad_token;
  caller out;
  out.kind = caller_kind::public_token;
  out.where = where;
  out.scopes = claims->scopes;
  out.full = false;
  out.one_time = claims->one_time;
  out.skipped_columns = claims->skipped_columns;
  out.token = token;
  return out;
}

const access_token* credentials::user(std::string_view token) const {
  const auto at = users_.find(token);
  return at == users_.end() ? nullptr : at->second;
}

live_environment* credentials::owner(std::string_view token) const {
  const auto at = keys_.find(token);
  return at == keys_.end() ? nullptr : at->second.where;
}

live_environment* credentials::root_owner(std::string_view token) const {
  const auto at = keys_.find(token);
  return at == keys_.end() || !at->second.root ? nullptr : at->second.where;
}

std::string credentials::subject(std::string_view token) const {
  if (const live_environment* home = owner(token)) return home->where->id;
  return sha256_hex(token);
}

}  // namespace triggerd::sandbox
