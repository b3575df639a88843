#include "api/identity.hpp"

#include "api/address.hpp"
#include "api/codes.hpp"
#include "api/json_fields.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::api {

namespace {

using nlohmann::json;

call key_call(std::string_view endpoint, std::initializer_list<std::string_view> parts) {
  call what = make_call(endpoint, parts);
  what.secret_reply = true;
  return what;
}

result<environment_view> read_environment(const transport::response& reply) {
  auto body = parse_body(reply);
  if (!body) return body.error();
  wipe_member(*body, "apiKey");
  environment_view view;
  const auto named = required_texts(*body, {{"id", &view.id}, {"slug", &view.slug}, {"type", &view.type}});
  if (!named) return named.error();
  const auto* project = object_member(*body, "project");
  if (project == nullptr) return missing_member("project");
  auto ref = required_text(*project, "externalRef");
  if (!ref) return ref.error();
  view.project_ref = std::move(*ref);
  view.parent = text_member(*body, "parentEnvironmentId").value_or(std::string());
  view.branch = text_member(*body, "branchName").value_or(std::string());
  return view;
}

// The reply does not repeat the reference; it leaves `project` out when the user cannot see it.
result<user_view> read_user(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto user = required_text(*body, "userId");
  if (!user) return user.error();
  return user_view{.user = std::move(*user), .project_known = object_member(*body, "project") != nullptr};
}

result<std::vector<environment_entry>> read_environments(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  if (!body->is_array()) return fail(codes::unreadable, "the reply is not a list of environments");
  std::vector<environment_entry> all;
  for (const auto& one : *body) {
    environment_entry entry;
    const auto named = required_texts(one, {{"id", &entry.id}, {"slug", &entry.slug}, {"type", &entry.type}});
    if (!named) return named.error();
    entry.branches = flag_member(one, "isBranchableEnvironment", false);
    all.push_back(std::move(entry));
  }
  return all;
}

result<std::vector<branch_entry>> read_branches(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  const auto* list = array_member(*body, "branches");
  if (list == nullptr) return missing_member("branches");
  std::vector<branch_entry> all;
  for (const auto& one : *list) {
    auto id = required_text(one, "id");
    if (!id) return id.error();
    auto name = required_text(one, "name");
    if (!name) return name.error();
    all.push_back({.id = std::move(*id), .name = std::move(*name)});
  }
  return all;
}

result<exchanged_key> read_key(const transport::response& reply) {
  auto body = parse_body(reply);
  if (!body) return body.error();
  auto key = required_secret(*body, "apiKey");
  if (!key) return key.error();
  return exchanged_key{.key = std::move(*key), .project_id = text_member(*body, "projectId").value_or(std::string())};
}

// The token itself is dropped; nobody but the server can check its signature.
result<token_subject> read_subject(const transport::response& reply) {
  auto body = parse_body(reply);
  if (!body) return body.error();
  const auto token = required_secret(*body, "token");
  if (!token) return token.error();
  auto claims = decode_token((*token)->expose());
  if (!claims) return fail(codes::unreadable, "the reply's token has no readable subject");
  return token_subject{std::move(claims->environment)};
}

}  // namespace

operation<environment_view> whoami_key() { return {key_call("whoami.key", {}), read_environment}; }

operation<user_view> whoami_user(std::string_view project_ref) {
  query text;
  text.add("projectRef", project_ref);
  return {make_call("whoami.user", {}, text.text()), read_user};
}

operation<std::vector<environment_entry>> list_environments(std::string_view project_ref) {
  return {make_call("environments.list", {project_ref}), read_environments};
}

operation<std::vector<branch_entry>> list_branches(std::string_view project_ref) {
  return {make_call("branches.list", {project_ref}), read_branches};
}

operation<exchanged_key> fetch_environment_key(std::string_view project_ref, std::string_view slug) {
  return {key_call("environments.key", {project_ref, slug}), read_key};
}

operation<token_subject> mint_public_token(std::string_view one_scope, std::uint32_t lifetime_s) {
  token_wish wish;
  wish.scopes = {std::string(one_scope)};
  wish.end = std::to_string(lifetime_s) + 's';
  return {mint_token(wish).value().what, read_subject};
}

}  // namespace triggerd::api
