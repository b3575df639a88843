#include "sandbox/variable_home.hpp"

#include "base/digest.hpp"

#include <algorithm>

namespace triggerd::sandbox {

namespace {

std::variant<live_environment*, reply> of_key(const call& from) {
  live_environment& home = *from.who.where;
  if (home.project->spec->ref != from.arguments[0])
    return refuse(
        400, "Invalid project ref for this API key. Make sure you are using an API key associated with that project.");
  const std::string branch = credentials::branch_of(from.asked);
  const bool other_slug = home.root().slug != (from.arguments[1] == "staging" ? "stg" : from.arguments[1]);
  // The slug alone is never looked at: both must differ.
  if (other_slug && !branch.empty() && branch != home.branch)
    return refuse(400,
                  "Invalid environment slug for this API key. Make sure you are using an API key associated with "
                  "that environment.");
  return &home;
}

std::variant<live_environment*, reply> of_user(state& in, const call& from) {
  live_project* project = visible_project(in, from, from.arguments[0]);
  if (project == nullptr) return refuse(404, "Project not found");
  const std::string branch = credentials::branch_of(from.asked);
  const bool development = from.arguments[1] == "dev";
  if (branch.empty() || (development && branch == "default")) {
    live_environment* home = in.homes.environment(*project, from.arguments[1]);
    if (home == nullptr) return refuse(404, "Environment not found");
    return home;
  }
  // A branch header wins over the slug: it names a preview branch even when the path says prod.
  const auto type = development ? environment_type::development : environment_type::preview;
  live_environment* home = in.homes.branch(*project, type, branch);
  if (home == nullptr || home->archived) return refuse(404, "Branch not found");
  return home;
}

}  // namespace

std::variant<live_environment*, reply> variable_home(state& in, const call& from) {
  return from.who.kind == caller_kind::user ? of_user(in, from) : of_key(from);
}

std::vector<seen_variable> seen_from(const live_environment& home) {
  std::vector<seen_variable> out;
  const variable_set* above = home.parent != nullptr ? &home.parent->variables : nullptr;
  if (above != nullptr) {
    for (const std::string& name : above->names()) {
      const stored_variable* parent = above->get(name);
      const stored_variable* own = home.variables.get(name);
      out.push_back({name, own != nullptr ? own : parent, parent->secret || (own != nullptr && own->secret)});
    }
  }
  for (const std::string& name : home.variables.names())
    if (above == nullptr || above->get(name) == nullptr)
      out.push_back({name, home.variables.get(name), home.variables.get(name)->secret});
  return out;
}

bool known_in_project(const live_project& project, std::string_view name) {
  const auto has = [&](const live_environment* home) { return home->variables.get(name) != nullptr; };
  return std::any_of(project.environments.begin(), project.environments.end(), has) ||
         std::any_of(project.branches.begin(), project.branches.end(), has);
}

bool reserved(std::string_view name) { return name == "TRIGGER_SECRET_KEY" || name == "TRIGGER_API_URL"; }

void write_variable(state& in, live_environment& home, const std::string& name, const std::string& value,
                    std::optional<bool> secret) {
  const stored_variable* before = home.variables.get(name);
  const stored_variable* above = home.parent != nullptr ? home.parent->variables.get(name) : nullptr;
  bool hidden = secret.value_or(false);
  if (before != nullptr) hidden = hidden || before->secret;  // no way back to plain
  else if (!secret && above != nullptr) hidden = above->secret;
  home.variables.set(name, value, hidden);
  effect e;
  e.at = in.now;
  e.kind = effect_kind::variable_set;
  e.where = home.where;
  e.name = name;
  e.digest = sha256_hex(value);
  e.status = hidden ? "secret" : "plain";
  in.effects.append(std::move(e));
}

}  // namespace triggerd::sandbox
