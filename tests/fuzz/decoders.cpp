#include "fuzz/decoders.hpp"

#include "api/any_call.hpp"
#include "api/batch_requests.hpp"
#include "api/batches.hpp"
#include "api/bulk_actions.hpp"
#include "api/concurrency_limits.hpp"
#include "api/deployments.hpp"
#include "api/envvars.hpp"
#include "api/error_groups.hpp"
#include "api/idempotency_keys.hpp"
#include "api/identity.hpp"
#include "api/packets.hpp"
#include "api/paging.hpp"
#include "api/projects.hpp"
#include "api/prompts.hpp"
#include "api/public_tokens.hpp"
#include "api/query.hpp"
#include "api/queues.hpp"
#include "api/reports.hpp"
#include "api/run_details.hpp"
#include "api/run_results.hpp"
#include "api/run_traces.hpp"
#include "api/runs.hpp"
#include "api/schedules.hpp"
#include "api/sessions.hpp"
#include "api/streams.hpp"
#include "api/tasks.hpp"
#include "api/waitpoints.hpp"

namespace triggerd::fuzz {

namespace {

template <class T>
decoder of(api::operation<T> one) {
  const auto read = one.read;
  return {std::move(one.what), [read](const transport::response& reply) -> result<> {
            const auto got = read(reply);
            if (!got) return got.error();
            return {};
          }};
}

template <class T>
decoder of(result<api::operation<T>> one) {
  return of(std::move(one.value()));
}

std::shared_ptr<const std::string> text(std::string_view what) { return std::make_shared<const std::string>(what); }

}  // namespace

// New ones go to the end.
std::vector<decoder> all_decoders() {
  using namespace api;
  return {
      of(trigger("task", text("{}"), true, false)),
      of(retrieve_run("run_1")),
      of(retrieve_run_record("run_1")),
      of(list_runs({})),
      of(replay_run("run_1")),
      of(cancel_run("run_1")),
      of(retrieve_metadata("run_1")),
      of(create_batch(1, {}, "key")),
      of(stream_items("batch_1", text("{}\n"))),
      of(retrieve_batch("batch_1")),
      of(request_batch({.items = {"{}"}})),
      of(request_batch_v1({.items = {"{}"}})),
      of(request_task_batch("task", {.items = {"{}"}})),
      of(create_bulk_action(bulk_kind::replay, {"run_1"}, "name")),
      of(retrieve_bulk_action("bulk_1")),
      of(list_bulk_actions(10, "")),
      of(list_concurrency_limits({})),
      of(retrieve_concurrency_limit("limit")),
      of(retrieve_concurrency_key("limit", "key")),
      of(list_deployments({})),
      of(current_deployment()),
      of(promote_deployment("1")),
      of(list_variables("proj_1", "prod")),
      of(retrieve_variable("proj_1", "prod", "A")),
      of(import_variables("proj_1", "prod", text("{}"), false)),
      of(list_error_groups()),
      of(retrieve_error_group("error_1")),
      of(reset_idempotency_key("task", "key")),
      of(whoami_key()),
      of(whoami_user("proj_1")),
      of(list_environments("proj_1")),
      of(list_branches("proj_1")),
      of(fetch_environment_key("proj_1", "prod")),
      of(mint_public_token("read:runs", 60)),
      of(put_packet("file")),
      of(get_packet("file")),
      of(list_organizations()),
      of(list_projects()),
      of(retrieve_project("proj_1")),
      of(upsert_branch("proj_1", branch_family::preview, "branch")),
      of(pause_environment("proj_1", spec::environment::prod)),
      of(list_prompts()),
      of(list_prompt_versions("slug")),
      of(resolve_prompt("slug", {})),
      of(promote_prompt("slug", 1)),
      of(fetch_token_subject()),
      of(mint_token({.scopes = {"read:runs"}, .end = {}, .one_time = {}, .skip_columns = {}})),
      of(execute_query({.sql = "SELECT 1", .period = {}, .from = {}, .to = {}})),
      of(query_schema()),
      of(list_queues({})),
      of(retrieve_queue({.name = "queue_1"})),
      of(retrieve_report("key", report_format::json)),
      of(retrieve_run_result("run_1")),
      of(retrieve_batch_results("batch_1")),
      of(retrieve_run_events("run_1")),
      of(retrieve_run_trace("run_1")),
      of(list_run_spans("run_1", 10)),
      of(retrieve_run_span("run_1", "span")),
      of(list_schedules({})),
      of(retrieve_schedule("sched_1")),
      of(list_timezones()),
      of(start_session({.type = "type",
                        .external_id = {},
                        .task = "task",
                        .trigger = {},
                        .tags = {},
                        .metadata = {},
                        .expires = {}})),
      of(list_sessions({})),
      of(retrieve_session("session_1")),
      of(end_and_continue("session_1", "run_1", "reason")),
      of(snapshot_upload("session_1")),
      of(session_messages("session_1")),
      of(open_channel({.session = "session_1"})),
      of(append_record({.session = "session_1"}, "{}", "part")),
      of(drain_channel({.session = "session_1"})),
      of(create_waitpoint({})),
      of(retrieve_waitpoint("waitpoint_1")),
      of(list_waitpoints({})),
      of(any_call("runs.list", {})),
  };
}

}  // namespace triggerd::fuzz
