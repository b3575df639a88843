#include "api/projects.hpp"

#include "api/arguments.hpp"
#include "api/codes.hpp"
#include "api/rows.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace triggerd::api {

namespace {

using nlohmann::json;

result<organization_view> organization_of(const json& row) {
  organization_view view;
  const auto named = required_texts(row, {{"id", &view.id}, {"slug", &view.slug}});
  if (!named) return named.error();
  optional_texts(row, {{"title", &view.title}});
  view.created = instant_member(row, "createdAt");
  return view;
}

result<project_view> project_of(const json& row) {
  project_view view;
  const auto named = required_texts(row, {{"id", &view.id}, {"externalRef", &view.ref}});
  if (!named) return named.error();
  optional_texts(row, {{"name", &view.name},
                       {"slug", &view.slug},
                       {"defaultRegion", &view.default_region},
                       {"defaultRuntime", &view.default_runtime}});
  view.created = instant_member(row, "createdAt");
  if (const auto* organization = object_member(row, "organization"))
    if (auto read = organization_of(*organization)) view.organization = std::move(*read);
  return view;
}

template <class T>
result<std::vector<T>> bare_list(const transport::response& reply, result<T> (*row_of)(const json&)) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  if (!body->is_array()) return fail(codes::unreadable, "the reply is not a list");
  return rows_of(*body, row_of);
}

result<std::vector<organization_view>> read_organizations(const transport::response& reply) {
  return bare_list(reply, organization_of);
}
result<std::vector<project_view>> read_projects(const transport::response& reply) {
  return bare_list(reply, project_of);
}
result<project_view> read_project(const transport::response& reply) { return whole_of(reply, project_of); }

result<branch_made> read_branch_made(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto id = required_text(*body, "id");
  if (!id) return id.error();
  return branch_made{std::move(*id)};
}

result<environment_state> read_environment_state(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  const auto paused = required_flag(*body, "paused");
  if (!paused) return paused.error();
  return environment_state{*paused};
}

json branch_body(branch_family family, std::string_view branch) {
  return {{"env", family == branch_family::preview ? "preview" : "development"}, {"branch", branch}};
}

}  // namespace

operation<std::vector<organization_view>> list_organizations() {
  return {make_call("orgs.list", {}), read_organizations};
}

operation<std::vector<project_view>> list_projects() { return {make_call("projects.list", {}), read_projects}; }

operation<project_view> retrieve_project(std::string_view project_ref) {
  return {make_call("projects.retrieve", {project_ref}), read_project};
}

result<void> check_branch_name(std::string_view branch) {
  if (const auto checked = check_name("the branch", branch); !checked) return checked.error();
  static constexpr std::array<std::string_view, 3> sequences{"..", "//", "@{"};
  const auto found = [&](std::string_view one) { return branch.find(one) != std::string_view::npos; };
  const bool allowed = branch.find_first_of(" ~^:?*[\\") == std::string_view::npos &&
                       std::none_of(sequences.begin(), sequences.end(), found) && !branch.starts_with('/') &&
                       !branch.ends_with('/') && !branch.ends_with(".lock");
  return allowed ? result<void>() : bad_argument("the branch", "has a name that git and the server refuse");
}

result<operation<branch_made>> upsert_branch(std::string_view project_ref, branch_family family,
                                             std::string_view branch, std::string_view git) {
  if (const auto checked = check_branch_name(branch); !checked) return checked.error();
  json body = branch_body(family, branch);
  if (!git.empty()) {
    auto about = json_argument("git", git);
    if (!about) return about.error();
    if (!about->is_object()) return bad_argument("git", "is no JSON object");
    body["git"] = std::move(*about);
  }
  return operation<branch_made>{make_json_call("branches.upsert", {project_ref}, body), read_branch_made};
}

result<operation<nothing>> archive_branch(std::string_view project_ref, branch_family family, std::string_view branch) {
  if (const auto checked = check_branch_name(branch); !checked) return checked.error();
  call what = make_json_call("branches.archive", {project_ref}, branch_body(family, branch));
  what.secret_reply = true;
  return operation<nothing>{std::move(what), read_nothing};
}

operation<environment_state> pause_environment(std::string_view project_ref, spec::environment env) {
  return {make_call("environments.pause", {project_ref, spec::slug(env)}), read_environment_state};
}

operation<environment_state> resume_environment(std::string_view project_ref, spec::environment env) {
  return {make_call("environments.resume", {project_ref, spec::slug(env)}), read_environment_state};
}

}  // namespace triggerd::api
