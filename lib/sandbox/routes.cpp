#include "sandbox/routes.hpp"

#include "base/text.hpp"
#include "sandbox/handlers.hpp"

#include <array>

namespace triggerd::sandbox {

namespace {

using namespace handlers;

constexpr std::string_view no_key = "Invalid or Missing API key";
constexpr std::string_view bad_key = "Invalid API key";
constexpr std::string_view no_pat = "Invalid or Missing PAT";
constexpr std::string_view no_token = "Invalid or Missing Access Token";
constexpr auto api = meter::api;
constexpr auto management = meter::management;
constexpr auto p405 = wrong_method::page405;
constexpr auto p400 = wrong_method::page400;
constexpr auto e405 = wrong_method::empty405;
constexpr auto boom = wrong_method::crash;

// In order: the first pattern that fits a path is its own.
constexpr route table[] = {
    {"POST", "/api/v1/tasks/*/trigger", access::key, bad_key, api, true, true, e405, trigger},
    {"PUT", "/api/v1/tasks/*/trigger", access::key, bad_key, api, true, true, e405, trigger},
    {"POST", "/api/v1/tasks/*/batch", access::key, bad_key, api, false, true, e405, trigger_task_batch},
    {"POST", "/api/v2/tasks/batch", access::key, bad_key, api, true, true, e405, trigger_batch_v2},
    {"POST", "/api/v1/tasks/batch", access::key, bad_key, api, true, true, e405, trigger_batch_v1},
    {"POST", "/api/v3/batches", access::key, bad_key, api, true, true, e405, create_batch},
    {"POST", "/api/v3/batches/*/items", access::key, bad_key, api, false, true, e405, add_batch_items},
    {"GET", "/api/v2/batches/*", access::key, bad_key, api, true, true, p405, get_batch},
    {"GET", "/api/v1/batches/*", access::key, bad_key, api, true, true, p405, get_batch_v1},
    {"GET", "/api/v1/batches/*/results", access::full_key, no_key, api, false, false, p405, batch_results},

    {"GET", "/api/v1/runs", access::key, bad_key, api, true, true, p405, list_runs},
    {"GET", "/api/v3/runs/*", access::key, bad_key, api, true, true, p405, get_run},
    {"GET", "/api/v1/runs/*/result", access::full_key, no_key, api, false, false, p405, run_result},
    {"GET", "/api/v1/runs/*/metadata", access::full_key, no_key, api, false, false, p405, get_metadata},
    {"PUT", "/api/v1/runs/*/metadata", access::key, bad_key, api, false, false, p405, put_metadata},
    {"POST", "/api/v2/runs/*/cancel", access::key, bad_key, api, false, true, p400, cancel_run},
    {"POST", "/api/v1/runs/*/replay", access::key, bad_key, api, false, false, p400, handlers::replay_run},
    {"POST", "/api/v1/runs/*/reschedule", access::full_key, no_key, api, false, false, p400, reschedule_run},
    {"POST", "/api/v1/runs/*/tags", access::full_key, no_key, api, false, false, p400, add_tags},
    {"POST", "/api/v1/idempotencyKeys/*/reset", access::key, bad_key, api, true, true, e405, reset_key},

    {"POST", "/api/v1/bulk-actions", access::key, bad_key, api, false, false, p405, create_bulk},
    {"GET", "/api/v1/bulk-actions", access::key, bad_key, api, false, false, p405, list_bulk},
    {"GET", "/api/v1/bulk-actions/*", access::key, bad_key, api, false, false, p405, get_bulk},
    {"POST", "/api/v1/bulk-actions/*/abort", access::key, bad_key, api, false, false, p400, abort_bulk},

    {"GET", "/api/v1/projects/*/envvars", access::full_key, bad_key, management, false, false, p405, resolve_variables},
    {"GET", "/api/v1/projects/*/envvars/*", access::variables, bad_key, api, false, false, boom, list_variables},
    {"POST", "/api/v1/projects/*/envvars/*", access::variables, bad_key, api, false, false, boom, create_variable},
    {"POST", "/api/v1/projects/*/envvars/*/import", access::variables, bad_key, management, false, false, p400,
     import_variables},
    {"GET", "/api/v1/projects/*/envvars/*/*", access::variables, bad_key, api, false, false, boom, get_variable},
    {"PUT", "/api/v1/projects/*/envvars/*/*", access::variables, bad_key, api, false, false, boom, update_variable},
    {"POST", "/api/v1/projects/*/envvars/*/*", access::variables, bad_key, api, false, false, boom, update_variable},
    {"DELETE", "/api/v1/projects/*/envvars/*/*", access::variables, bad_key, api, false, false, boom, delete_variable},

    {"GET", "/api/v1/whoami", access::full_key, no_key, api, false, false, p405, whoami_key},
    {"GET", "/api/v2/whoami", access::user, no_token, api, false, false, p405, whoami_user},
    {"GET", "/api/v1/orgs", access::user, no_pat, api, false, false, p405, list_organizations},
    {"GET", "/api/v1/projects", access::user, no_pat, api, false, false, p405, list_projects},
    {"GET", "/api/v1/projects/*", access::user, no_pat, api, false, false, p405, get_project},
    {"GET", "/api/v1/projects/*/runs", access::user, no_token, api, true, false, p405, list_project_runs},
    {"GET", "/api/v1/projects/*/environments", access::user, no_token, api, true, false, p405, list_environments},
    {"GET", "/api/v1/projects/*/branches", access::user, no_token, management, false, false, p405, list_branches},
    {"POST", "/api/v1/projects/*/branches", access::owner, no_token, management, false, false, p405, upsert_branch},
    {"POST", "/api/v1/projects/*/branches/archive", access::user, no_token, management, false, false, p400,
     archive_branch},
    {"GET", "/api/v1/projects/*/*", access::owner, no_token, management, false, false, p405, hand_out_key},
    {"POST", "/api/v1/projects/*/*/jwt", access::user, no_token, api, false, false, p400, make_environment_token},
    {"POST", "/api/v1/projects/*/*/pause", access::user, no_token, api, false, false, p400, pause},
    {"POST", "/api/v1/projects/*/*/resume", access::user, no_token, api, false, false, p400, resume},

    {"POST", "/api/v1/auth/jwt", access::root_key, bad_key, api, false, false, p400, make_token},
    {"POST", "/api/v1/auth/jwt/claims", access::root_key, bad_key, meter::none, false, false, p400, token_claims},
    {"POST", "/api/v1/auth/public-tokens", access::key, bad_key, api, false, false, p400, make_public_token},
};

bool fits(std::string_view pattern, const std::vector<std::string>& segments,
          std::vector<std::string_view>& arguments) {
  arguments.clear();
  pattern.remove_prefix(1);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::size_t slash = pattern.find('/');
    const std::string_view part = pattern.substr(0, slash);
    const bool last = slash == std::string_view::npos;
    if (last != (i + 1 == segments.size())) return false;
    if (part == "*") {
      if (segments[i].empty()) return false;
      arguments.push_back(segments[i]);
    } else if (part != segments[i]) {
      return false;
    }
    if (!last) pattern.remove_prefix(slash + 1);
  }
  return true;
}

}  // namespace

found_route find_route(std::string_view method, const target& where) {
  found_route out;
  std::string_view pattern;
  std::vector<std::string_view> arguments;
  for (const route& one : table) {
    if (!pattern.empty() && one.pattern != pattern) continue;  // an earlier pattern has the path
    if (!fits(one.pattern, where.segments, arguments)) continue;
    pattern = one.pattern;
    if (out.at_path == nullptr) out.at_path = &one;
    if (one.method != method && !(method == "HEAD" && one.method == "GET")) continue;
    out.to = &one;
    out.arguments = std::move(arguments);
    return out;
  }
  return out;
}

}  // namespace triggerd::sandbox
