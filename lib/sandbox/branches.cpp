#include "sandbox/handlers.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace triggerd::sandbox::handlers {

namespace {

bool valid_name(std::string_view name) {
  constexpr std::array<std::string_view, 11> forbidden_parts = {" ", "~",  "^",  ":",  "?", "*",
                                                                "[", "\\", "..", "//", "@{"};
  if (name.empty() || name.starts_with('/') || name.ends_with('/') || name.ends_with(".lock")) return false;
  if (text::has_control(name)) return false;
  return std::none_of(forbidden_parts.begin(), forbidden_parts.end(),
                      [&](std::string_view part) { return name.find(part) != std::string_view::npos; });
}

struct branch_call {
  live_environment* parent = nullptr;
  std::string name;
};

std::variant<branch_call, reply> read(state& in, const call& from) {
  auto body = read_body_old(from);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  const json* name = find(std::get<json>(body), "branch");
  const json* kind = find(std::get<json>(body), "env");
  if (name == nullptr || !name->is_string()) return invalid_body(required("string", name, "branch"));
  if (kind != nullptr && *kind != "preview" && *kind != "development") return refuse(400, "Invalid Params");
  live_project* project =
      from.who.kind == caller_kind::user ? visible_project(in, from, from.arguments[0]) : from.who.where->project;
  if (project == nullptr || project->spec->ref != from.arguments[0]) return refuse(404, "Project not found");
  const bool development = kind != nullptr && *kind == "development";
  live_environment* parent = in.homes.environment(*project, development ? "dev" : "preview");
  if (parent == nullptr) return refuse(404, "Environment not found");
  return branch_call{parent, name->get<std::string>()};
}

void log(state& in, effect_kind kind, const live_environment& home) {
  effect e;
  e.at = in.now;
  e.kind = kind;
  e.where = home.where;
  e.name = home.branch;
  in.effects.append(std::move(e));
}

}  // namespace

reply list_branches(state& in, const call& from) {
  const live_project* project = visible_project(in, from, from.arguments[0]);
  if (project == nullptr) return refuse(404, "Project not found");
  json out = json::array();
  for (const live_environment* home : project->branches)
    if (!home->archived)
      out.push_back({{"id", home->where->id},
                     {"name", home->branch},
                     {"createdAt", text::iso(home->created)},
                     {"updatedAt", text::iso(home->updated)},
                     {"isPaused", home->paused}});
  return answer(200, {{"branches", std::move(out)}});
}

reply upsert_branch(state& in, const call& from) {
  auto asked = read(in, from);
  if (auto* refusal = std::get_if<reply>(&asked)) return std::move(*refusal);
  const auto& [parent, name] = std::get<branch_call>(asked);
  if (!valid_name(name)) return refuse(400, "Invalid branch name, contains disallowed character sequences");
  live_environment* found = in.homes.branch(*parent->project, parent->spec->type, name);
  if (found == nullptr) {
    found = &in.homes.add_branch(*parent, name, in.now);
    log(in, effect_kind::branch_created, *found);
  }
  found->archived = false;
  return answer(200, {{"id", found->where->id}});
}

reply archive_branch(state& in, const call& from) {
  auto asked = read(in, from);
  if (auto* refusal = std::get_if<reply>(&asked)) return std::move(*refusal);
  const auto& [parent, name] = std::get<branch_call>(asked);
  live_environment* found = in.homes.branch(*parent->project, parent->spec->type, name);
  if (found == nullptr) return refuse(404, "Branch not found");
  if (found->archived) return refuse(400, "Branch already archived");
  found->archived = true;
  found->updated = in.now;
  log(in, effect_kind::branch_archived, *found);
  return answer(200, {{"success", true},
                      {"branch",
                       {{"id", found->where->id},
                        {"slug", found->slug},
                        {"type", word_of(found->spec->type)},
                        {"isBranchableEnvironment", false},
                        {"branchName", found->branch},
                        {"parentEnvironmentId", parent->where->id},
                        {"archivedAt", text::iso(in.now)},
                        {"createdAt", text::iso(found->created)},
                        {"updatedAt", text::iso(found->updated)}}}});
}

}  // namespace triggerd::sandbox::handlers
