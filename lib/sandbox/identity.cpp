#include "sandbox/handlers.hpp"

#include "base/text.hpp"
#include "sandbox/dice.hpp"

namespace triggerd::sandbox::handlers {

namespace {

constexpr std::string_view organization_title = "Sandbox";
constexpr std::string_view organization_slug = "sandbox-a1b2";

json organization(const state& in, const live_environment& of) {
  return {{"id", in.homes.organization()},
          {"title", organization_title},
          {"slug", organization_slug},
          {"createdAt", text::iso(of.created)}};
}

json project_shape(const state& in, const live_project& of) {
  const live_environment& first = *of.environments.front();
  return {{"id", of.id},
          {"externalRef", of.spec->ref},
          {"name", of.spec->name},
          {"slug", of.slug},
          {"createdAt", text::iso(first.created)},
          {"defaultRegion", nullptr},
          {"organization", organization(in, first)}};
}

std::string user_id(const access_token& of) { return stable_id("user " + of.email); }

json key_project(const live_environment& home, const state& in) {
  return {{"id", home.project->id},
          {"slug", home.project->slug},
          {"name", home.project->spec->name},
          {"externalRef", home.project->spec->ref},
          {"engine", "V2"},
          {"deletedAt", nullptr},
          {"defaultWorkerGroupId", nullptr},
          {"organizationId", in.homes.organization()},
          {"builderProjectId", nullptr},
          {"defaultRuntime", "node-24"}};
}

json key_organization(const state& in) {
  return {{"id", in.homes.organization()},   {"slug", organization_slug},
          {"title", organization_title},     {"streamBasinName", nullptr},
          {"maximumConcurrencyLimit", 25},   {"runsEnabled", true},
          {"maximumDevQueueSize", nullptr},  {"maximumDeployedQueueSize", nullptr},
          {"featureFlags", nullptr},         {"apiRateLimiterConfig", nullptr},
          {"batchRateLimitConfig", nullptr}, {"batchQueueConcurrencyConfig", nullptr}};
}

std::variant<live_environment*, reply> user_environment(state& in, const call& from) {
  const std::string_view slug = from.arguments[1];
  if (slug != "dev" && slug != "staging" && slug != "prod" && slug != "preview") return refuse(400, "Invalid Params");
  live_project* project = visible_project(in, from, from.arguments[0]);
  if (project == nullptr) return refuse(404, "Project not found");
  live_environment* home = in.homes.environment(*project, slug);
  if (home == nullptr) return refuse(404, "Environment not found");
  const std::string branch = credentials::branch_of(from.asked);
  if (slug != "preview" || branch.empty()) return home;
  live_environment* found = in.homes.branch(*project, environment_type::preview, branch);
  if (found == nullptr || found->archived) return refuse(404, "Branch not found");
  return found;
}

reply set_paused(state& in, const call& from, bool paused) {
  auto home = user_environment(in, from);
  if (auto* refusal = std::get_if<reply>(&home)) return std::move(*refusal);
  live_environment& where = *std::get<live_environment*>(home);
  where.paused = paused;
  if (!paused) in.runs.resume(where, in.now);
  return answer(200, {{"paused", paused}, {"state", paused ? "paused" : "resumed"}});
}

}  // namespace

reply whoami_key(state& in, const call& from) {
  const live_environment& home = *from.who.where;
  const bool own = home.spec->type == environment_type::development;
  json out = {{"id", home.where->id},
              {"slug", home.slug},
              {"type", word_of(home.spec->type)},
              {"apiKey", home.spec->key},
              {"organizationId", in.homes.organization()},
              {"projectId", home.project->id},
              {"orgMemberId", own ? json(stable_id("member")) : json(nullptr)},
              {"parentEnvironmentId", home.parent != nullptr ? json(home.parent->where->id) : json(nullptr)},
              {"branchName", home.parent != nullptr ? json(home.branch) : json(nullptr)},
              {"archivedAt", nullptr},
              {"paused", home.paused},
              {"shortcode", home.slug},
              {"maximumConcurrencyLimit", 10},
              {"concurrencyLimitBurstFactor", 2},
              {"builtInEnvironmentVariableOverrides", nullptr},
              {"createdAt", text::iso(home.created)},
              {"updatedAt", text::iso(home.updated)},
              {"project", key_project(home, in)},
              {"organization", key_organization(in)},
              {"orgMember", nullptr},
              {"parentEnvironment", nullptr}};
  if (own) {
    out["userId"] = stable_id("member user");
    out["orgMember"] = {{"userId", out["userId"]},
                        {"user", {{"id", out["userId"]}, {"displayName", "Operator"}, {"name", "Operator"}}}};
  }
  return answer(200, out);
}

reply whoami_user(state& in, const call& from) {
  json out = {
      {"userId", user_id(*from.who.user)}, {"email", from.who.user->email}, {"dashboardUrl", in.config.base_url}};
  const auto ref = from.where.value("projectRef");
  // A project that is not the user's is left out, without an error.
  if (const live_project* project = ref ? visible_project(in, from, *ref) : nullptr)
    out["project"] = {
        {"url", in.config.base_url + "/orgs/" + std::string(organization_slug) + "/projects/" + project->slug},
        {"name", project->spec->name},
        {"orgTitle", organization_title}};
  return answer(200, out);
}

reply list_organizations(state& in, const call&) {
  json out = json::array();
  if (!in.homes.all().empty()) out.push_back(organization(in, in.homes.all().front()));
  return answer(200, out);
}

reply list_projects(state& in, const call& from) {
  json out = json::array();
  for (const live_project& one : in.homes.projects())
    if (visible_project(in, from, one.spec->ref) != nullptr && !one.environments.empty())
      out.push_back(project_shape(in, one));
  return answer(200, out);
}

reply get_project(state& in, const call& from) {
  const live_project* found = visible_project(in, from, from.arguments[0]);
  if (found == nullptr || found->environments.empty()) return refuse(404, "Project not found");
  return answer(200, project_shape(in, *found));
}

reply list_environments(state& in, const call& from) {
  const live_project* project = visible_project(in, from, from.arguments[0]);
  if (project == nullptr) return refuse(404, "Project not found");
  json out = json::array();
  for (const live_environment* home : project->environments) {
    const auto type = home->spec->type;
    out.push_back(
        {{"id", home->where->id},
         {"slug", home->slug},
         {"type", word_of(type)},
         {"isBranchableEnvironment", type == environment_type::development || type == environment_type::preview},
         {"branchName", nullptr},
         {"paused", home->paused}});
  }
  return answer(200, out);
}

reply hand_out_key(state& in, const call& from) {
  live_environment* home = from.who.where;
  if (from.who.kind == caller_kind::user) {
    auto found = user_environment(in, from);
    if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
    home = std::get<live_environment*>(found);
  } else if (home->project->spec->ref != from.arguments[0]) {
    return refuse(404, "Project not found");
  }
  return answer(200, {{"apiKey", home->spec->key},
                      {"name", home->project->spec->name},
                      {"apiUrl", in.config.base_url},
                      {"projectId", home->project->id},
                      {"defaultRuntime", "node-24"}});
}

reply pause(state& in, const call& from) { return set_paused(in, from, true); }
reply resume(state& in, const call& from) { return set_paused(in, from, false); }

}  // namespace triggerd::sandbox::handlers
