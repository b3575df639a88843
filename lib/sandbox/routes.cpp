#include "sandbox/routes.hpp"

#include "base/text.hpp"
#include "sandbox/handlers.hpp"

#include <array>

namespace triggerd::sandbox {

namespace {

using namespace handlers;

constexpr std::string_view no_key = "Invalid or Missing API key";
constexpr std::string_view bad_key = "Invalid API key";
constexpr std::string_view no_capital_key = "Invalid or Missing API Key";
constexpr std::string_view no_pat = "Invalid or Missing PAT";
constexpr std::string_view no_token = "Invalid or Missing Access Token";
constexpr auto api = meter::api;
constexpr auto management = meter::management;
constexpr auto free_of_limits = meter::none;
constexpr auto p405 = wrong_method::page405;
constexpr auto p400 = wrong_method::page400;
constexpr auto e405 = wrong_method::empty405;
constexpr auto boom = wrong_method::crash;

// In order: the first pattern that fits a path is its own.
constexpr route table[] = {
    {"POST", "/api/v1/tasks/*/trigger", access::key, bad_key, api, true, true, e405, trigger},
    {"PUT", "/api/v1/tasks/*/trigger", access::key, bad_key, api, true, true, e405, trigger},
    {"POST", "/api/v1/tasks/*/batch", access::key, bad_key, api, false, false, e405, trigger_task_batch},
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
    {"GET", "/api/v1/runs/*/events", access::key, bad_key, api, true, true, p405, run_events},
    {"GET", "/api/v1/runs/*/trace", access::key, bad_key, api, true, true, p405, run_trace},
    {"GET", "/api/v1/runs/*/spans/*", access::key, bad_key, api, true, true, p405, run_span},
    {"POST", "/api/v2/runs/*/cancel", access::key, bad_key, api, false, true, p400, cancel_run},
    {"POST", "/api/v1/runs/*/replay", access::key, bad_key, api, false, false, p400, handlers::replay_run},
    {"POST", "/api/v1/runs/*/reschedule", access::full_key, no_key, api, false, false, p400, reschedule_run},
    {"POST", "/api/v1/runs/*/tags", access::full_key, no_key, api, false, false, p400, add_tags},
    {"POST", "/api/v1/idempotencyKeys/*/reset", access::key, bad_key, api, true, true, e405, reset_key},

    {"POST", "/api/v1/bulk-actions", access::key, bad_key, api, false, false, p405, create_bulk},
    {"GET", "/api/v1/bulk-actions", access::key, bad_key, api, false, false, p405, list_bulk},
    {"GET", "/api/v1/bulk-actions/*", access::key, bad_key, api, false, false, p405, get_bulk},
    {"POST", "/api/v1/bulk-actions/*/abort", access::key, bad_key, api, false, false, p400, abort_bulk},

    {"GET", "/api/v1/deployments", access::key, bad_key, management, false, true, p405, list_deployments},
    {"POST", "/api/v1/deployments", access::key, bad_key, management, false, false, p405, begin_deployment},
    {"GET", "/api/v1/deployments/current", access::key, bad_key, meter::none, false, true, p405, current_deployment},
    {"GET", "/api/v1/deployments/latest", access::key, bad_key, management, false, false, p405, latest_deployment},
    {"GET", "/api/v1/deployments/*", access::key, bad_key, management, false, false, p405, get_deployment},
    {"POST", "/api/v1/deployments/*/finalize", access::key, bad_key, management, false, false, p400, finish_deployment},
    {"POST", "/api/v1/deployments/*/promote", access::key, bad_key, management, false, false, p400, promote_deployment},
    {"POST", "/api/v1/deployments/*/cancel", access::key, bad_key, management, false, false, p400, cancel_deployment},

    {"POST", "/api/v1/waitpoints/tokens", access::key, bad_key, api, false, false, p405, create_waitpoint},
    {"GET", "/api/v1/waitpoints/tokens", access::key, bad_key, api, false, false, p405, list_waitpoints},
    {"GET", "/api/v1/waitpoints/tokens/*", access::key, bad_key, api, false, false, p405, get_waitpoint},
    {"POST", "/api/v1/waitpoints/tokens/*/complete", access::key, bad_key, api, true, true, e405, complete_waitpoint},
    {"POST", "/api/v1/waitpoints/tokens/*/callback/*", access::anyone, bad_key, meter::none, false, false, p405,
     call_back_waitpoint},

    {"GET", "/api/v1/errors", access::key, bad_key, api, true, false, p405, list_errors},
    {"GET", "/api/v1/errors/*", access::key, bad_key, api, true, false, p405, get_error},
    {"POST", "/api/v1/errors/*/resolve", access::key, bad_key, api, true, false, e405, resolve_error},
    {"POST", "/api/v1/errors/*/ignore", access::key, bad_key, api, true, false, e405, ignore_error},
    {"POST", "/api/v1/errors/*/unresolve", access::key, bad_key, api, true, false, e405, unresolve_error},

    {"POST", "/api/v1/query", access::key, bad_key, api, true, true, e405, execute_query},
    {"GET", "/api/v1/query/schema", access::key, bad_key, api, true, true, p405, show_query_schema},
    {"GET", "/api/v1/query/dashboards", access::key, bad_key, api, true, true, p405, list_dashboards},

    {"GET", "/api/v1/reports/*", access::key, bad_key, api, false, false, p405, get_report},
    {"GET", "/api/v1/prompts", access::key, bad_key, api, true, true, p405, list_prompts},
    {"POST", "/api/v1/prompts/*", access::key, bad_key, api, true, true, p405, resolve_prompt},
    {"GET", "/api/v1/prompts/*/versions", access::key, bad_key, api, true, true, p405, list_prompt_versions},
    {"POST", "/api/v1/prompts/*/promote", access::key, bad_key, api, true, true, e405, promote_prompt},
    {"POST", "/api/v1/prompts/*/override", access::key, bad_key, api, true, true, e405, create_prompt_override},
    {"PUT", "/api/v1/prompts/*/override", access::key, bad_key, api, true, true, e405, update_prompt_override},
    {"PATCH", "/api/v1/prompts/*/override", access::key, bad_key, api, true, true, e405, update_prompt_override},
    {"DELETE", "/api/v1/prompts/*/override", access::key, bad_key, api, true, true, e405, remove_prompt_override},
    {"POST", "/api/v1/prompts/*/override/reactivate", access::key, bad_key, api, true, true, e405,
     reactivate_prompt_override},

    {"GET", "/api/v1/concurrency-limits", access::key, bad_key, api, false, false, p405, list_limits},
    {"GET", "/api/v1/concurrency-limits/*", access::key, bad_key, api, false, false, p405, get_limit},
    {"POST", "/api/v1/concurrency-limits/*/override", access::key, bad_key, api, false, false, e405, override_limit},
    {"POST", "/api/v1/concurrency-limits/*/pause", access::key, bad_key, api, false, false, e405, pause_limit},
    {"POST", "/api/v1/concurrency-limits/*/reset", access::key, bad_key, api, false, false, e405, reset_limit},

    {"GET", "/api/v1/queues", access::key, bad_key, api, false, false, p405, list_queues},
    {"GET", "/api/v1/queues/*", access::key, bad_key, api, false, true, p405, get_queue},
    {"POST", "/api/v1/queues/*/pause", access::key, bad_key, api, false, false, e405, pause_queue},
    {"POST", "/api/v1/queues/*/concurrency/override", access::key, bad_key, api, false, false, e405, override_queue},
    {"POST", "/api/v1/queues/*/concurrency/reset", access::key, bad_key, api, false, false, e405, reset_queue},

    {"GET", "/api/v1/schedules", access::full_key, no_capital_key, api, false, false, p405, list_schedules},
    {"POST", "/api/v1/schedules", access::full_key, no_capital_key, api, false, false, p405, create_schedule},
    {"GET", "/api/v1/schedules/*", access::full_key, no_capital_key, api, false, false, p405, get_schedule},
    {"PUT", "/api/v1/schedules/*", access::full_key, no_capital_key, api, false, false, p405, update_schedule},
    {"DELETE", "/api/v1/schedules/*", access::full_key, no_capital_key, api, false, false, p405, delete_schedule},
    {"POST", "/api/v1/schedules/*/activate", access::full_key, no_capital_key, api, false, false, p400,
     activate_schedule},
    {"POST", "/api/v1/schedules/*/deactivate", access::full_key, no_capital_key, api, false, false, p400,
     deactivate_schedule},
    {"GET", "/api/v1/timezones", access::anyone, bad_key, meter::none, false, false, p405, list_time_zones},

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
    {"GET", "/api/v1/orgs", access::person, no_pat, api, false, false, p405, list_organizations},
    {"GET", "/api/v1/projects", access::person, no_pat, api, false, false, p405, list_projects},
    {"GET", "/api/v1/projects/*", access::person, no_pat, api, false, false, p405, get_project},
    {"GET", "/api/v1/projects/*/runs", access::person, no_token, api, true, false, p405, list_project_runs},
    {"GET", "/api/v1/projects/*/environments", access::person, no_token, api, true, false, p405, list_environments},
    {"GET", "/api/v1/projects/*/branches", access::person, no_token, management, false, false, p405, list_branches},
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

    {"PUT", "/api/v2/packets/**", access::full_key, no_key, free_of_limits, false, false, p405, put_packet},
    {"PUT", "/api/v1/packets/**", access::full_key, no_key, free_of_limits, false, false, p405, put_packet_v1},
    {"GET", "/api/v1/packets/**", access::key, bad_key, free_of_limits, true, true, p405, get_packet},
    {"GET", "/api/v1/runs/*/packets/*", access::key, bad_key, api, true, true, p405, get_run_packet},
    {"GET", "/object-store/**", access::anyone, bad_key, free_of_limits, false, false, e405, get_object},
    {"PUT", "/object-store/**", access::anyone, bad_key, free_of_limits, false, false, e405, put_object},

    {"POST", "/api/v1/sessions", access::key, bad_key, api, true, true, p405, create_session},
    {"GET", "/api/v1/sessions", access::key, bad_key, api, true, true, p405, list_sessions},
    {"GET", "/api/v1/sessions/*", access::key, bad_key, api, true, true, p405, get_session},
    {"PATCH", "/api/v1/sessions/*", access::key, bad_key, api, true, true, p405, update_session},
    {"POST", "/api/v1/sessions/*/close", access::key, bad_key, api, true, true, p405, close_session},
    {"POST", "/api/v1/sessions/*/end-and-continue", access::key, bad_key, api, true, true, p405, continue_session},
    {"PUT", "/api/v1/sessions/*/snapshot-url", access::key, bad_key, free_of_limits, true, true, p405, put_snapshot},
    {"GET", "/api/v1/sessions/*/snapshot-url", access::key, bad_key, free_of_limits, true, true, p405, get_snapshot},
    {"GET", "/api/v1/sessions/*/transcript", access::key, bad_key, api, true, false, p405, session_transcript},
    {"PUT", "/realtime/v1/sessions/*/*", access::key, bad_key, free_of_limits, true, true, p405, init_channel},
    {"GET", "/realtime/v1/sessions/*/*", access::key, bad_key, free_of_limits, true, true, p405, read_channel},
    {"POST", "/realtime/v1/sessions/*/*/append", access::key, bad_key, free_of_limits, true, true, p405,
     append_to_channel},
    {"GET", "/realtime/v1/sessions/*/*/records", access::key, bad_key, free_of_limits, true, true, p405,
     channel_records},
    {"PUT", "/realtime/v1/sessions/*/channels/*/*", access::key, bad_key, free_of_limits, true, true, p405,
     init_channel},
    {"GET", "/realtime/v1/sessions/*/channels/*/*", access::key, bad_key, free_of_limits, true, true, p405,
     read_channel},
    {"POST", "/realtime/v1/sessions/*/channels/*/*/append", access::key, bad_key, free_of_limits, true, true, p405,
     append_to_channel},
    {"GET", "/realtime/v1/sessions/*/channels/*/*/records", access::key, bad_key, free_of_limits, true, true, p405,
     channel_records},

    {"GET", "/realtime/v1/runs/*", access::key, bad_key, free_of_limits, false, true, p405, follow_run},
    {"GET", "/realtime/v1/runs", access::key, bad_key, free_of_limits, false, true, p405, follow_runs},
    {"GET", "/realtime/v1/batches/*", access::key, bad_key, free_of_limits, false, true, p405, follow_batch},
    {"POST", "/realtime/v1/streams/*/input/*", access::key, bad_key, free_of_limits, false, true, p405, send_to_stream},
    {"GET", "/realtime/v1/streams/*/input/*", access::key, bad_key, free_of_limits, false, true, p405,
     read_input_stream},
    {"GET", "/realtime/v1/streams/*/*", access::key, bad_key, free_of_limits, false, true, p405, read_stream},
    {"PUT", "/realtime/v1/streams/*/*/*", access::key, bad_key, free_of_limits, false, false, p405, init_stream},
    {"POST", "/realtime/v1/streams/*/*/*/append", access::key, bad_key, free_of_limits, false, false, p405,
     append_to_stream},
};

// What is left of a path after so many segments.
std::string_view rest_of(std::string_view path, std::size_t segments) {
  for (; segments > 0; --segments) path.remove_prefix(path.find('/', 1));
  return path.substr(1);
}

bool fits(std::string_view pattern, const target& where, std::vector<std::string_view>& arguments) {
  const std::vector<std::string>& segments = where.segments;
  arguments.clear();
  pattern.remove_prefix(1);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::size_t slash = pattern.find('/');
    const std::string_view part = pattern.substr(0, slash);
    const bool last = slash == std::string_view::npos;
    if (part == "**") {
      arguments.push_back(rest_of(where.path, i));
      return !arguments.back().empty();
    }
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
    if (!fits(one.pattern, where, arguments)) continue;
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
