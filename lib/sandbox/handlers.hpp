// Every endpoint by name; routes.cpp says which request reaches which.
#pragma once

#include "sandbox/call.hpp"

namespace triggerd::sandbox::handlers {

// identity.cpp
reply whoami_key(state& in, const call& from);
reply whoami_user(state& in, const call& from);
reply list_organizations(state& in, const call& from);
reply list_projects(state& in, const call& from);
reply get_project(state& in, const call& from);
reply list_environments(state& in, const call& from);
reply hand_out_key(state& in, const call& from);
reply pause(state& in, const call& from);
reply resume(state& in, const call& from);

// branches.cpp
reply list_branches(state& in, const call& from);
reply upsert_branch(state& in, const call& from);
reply archive_branch(state& in, const call& from);

// token_routes.cpp
reply token_claims(state& in, const call& from);
reply make_public_token(state& in, const call& from);
reply make_token(state& in, const call& from);
reply make_environment_token(state& in, const call& from);

// trigger_route.cpp
reply trigger(state& in, const call& from);

// batch_routes.cpp
reply create_batch(state& in, const call& from);
reply add_batch_items(state& in, const call& from);
reply get_batch(state& in, const call& from);
reply get_batch_v1(state& in, const call& from);
reply batch_results(state& in, const call& from);
// batch_at_once.cpp
reply trigger_batch_v2(state& in, const call& from);
reply trigger_batch_v1(state& in, const call& from);
reply trigger_task_batch(state& in, const call& from);

// run_reads.cpp
reply get_run(state& in, const call& from);
reply list_runs(state& in, const call& from);
reply list_project_runs(state& in, const call& from);
reply run_result(state& in, const call& from);
reply get_metadata(state& in, const call& from);

// run_trace_routes.cpp
reply run_events(state& in, const call& from);
reply run_trace(state& in, const call& from);
reply run_span(state& in, const call& from);

// run_edits.cpp
reply cancel_run(state& in, const call& from);
reply replay_run(state& in, const call& from);
reply reschedule_run(state& in, const call& from);
reply add_tags(state& in, const call& from);
reply put_metadata(state& in, const call& from);
reply reset_key(state& in, const call& from);

// deployment_routes.cpp
reply list_deployments(state& in, const call& from);
reply current_deployment(state& in, const call& from);
reply latest_deployment(state& in, const call& from);
reply get_deployment(state& in, const call& from);
reply begin_deployment(state& in, const call& from);
reply finish_deployment(state& in, const call& from);
reply promote_deployment(state& in, const call& from);
reply cancel_deployment(state& in, const call& from);

// waitpoint_routes.cpp
reply create_waitpoint(state& in, const call& from);
reply list_waitpoints(state& in, const call& from);
reply get_waitpoint(state& in, const call& from);
reply complete_waitpoint(state& in, const call& from);
reply call_back_waitpoint(state& in, const call& from);

// error_routes.cpp
reply list_errors(state& in, const call& from);
reply get_error(state& in, const call& from);
reply resolve_error(state& in, const call& from);
reply ignore_error(state& in, const call& from);
reply unresolve_error(state& in, const call& from);

// query_routes.cpp
reply execute_query(state& in, const call& from);
reply show_query_schema(state& in, const call& from);
reply list_dashboards(state& in, const call& from);

// prompt_routes.cpp
reply list_prompts(state& in, const call& from);
reply list_prompt_versions(state& in, const call& from);
reply resolve_prompt(state& in, const call& from);
reply promote_prompt(state& in, const call& from);
reply create_prompt_override(state& in, const call& from);
reply update_prompt_override(state& in, const call& from);
reply remove_prompt_override(state& in, const call& from);
reply reactivate_prompt_override(state& in, const call& from);

// report_routes.cpp
reply get_report(state& in, const call& from);

// limit_routes.cpp
reply list_limits(state& in, const call& from);
reply get_limit(state& in, const call& from);
reply override_limit(state& in, const call& from);
reply pause_limit(state& in, const call& from);
reply reset_limit(state& in, const call& from);

// queue_routes.cpp
reply list_queues(state& in, const call& from);
reply get_queue(state& in, const call& from);
reply pause_queue(state& in, const call& from);
reply override_queue(state& in, const call& from);
reply reset_queue(state& in, const call& from);

// schedule_routes.cpp
reply list_schedules(state& in, const call& from);
reply create_schedule(state& in, const call& from);
reply get_schedule(state& in, const call& from);
reply update_schedule(state& in, const call& from);
reply delete_schedule(state& in, const call& from);
reply activate_schedule(state& in, const call& from);
reply deactivate_schedule(state& in, const call& from);
reply list_time_zones(state& in, const call& from);

// bulk_routes.cpp
reply create_bulk(state& in, const call& from);
reply list_bulk(state& in, const call& from);
reply get_bulk(state& in, const call& from);
reply abort_bulk(state& in, const call& from);

// variable_routes.cpp
reply list_variables(state& in, const call& from);
reply get_variable(state& in, const call& from);
reply create_variable(state& in, const call& from);
reply update_variable(state& in, const call& from);
reply delete_variable(state& in, const call& from);
reply resolve_variables(state& in, const call& from);
// variable_import.cpp
reply import_variables(state& in, const call& from);

// packet_routes.cpp
reply put_packet(state& in, const call& from);
reply put_packet_v1(state& in, const call& from);
reply get_packet(state& in, const call& from);
reply get_run_packet(state& in, const call& from);
reply get_object(state& in, const call& from);
reply put_object(state& in, const call& from);

// session_routes.cpp
reply create_session(state& in, const call& from);
reply get_session(state& in, const call& from);
reply update_session(state& in, const call& from);
reply close_session(state& in, const call& from);
reply continue_session(state& in, const call& from);
reply put_snapshot(state& in, const call& from);
reply get_snapshot(state& in, const call& from);
// session_list.cpp
reply list_sessions(state& in, const call& from);
reply session_transcript(state& in, const call& from);
// channel_routes.cpp
reply init_channel(state& in, const call& from);
reply append_to_channel(state& in, const call& from);
reply read_channel(state& in, const call& from);
reply channel_records(state& in, const call& from);

// shape_routes.cpp
reply follow_run(state& in, const call& from);
reply follow_runs(state& in, const call& from);
reply follow_batch(state& in, const call& from);
// stream_routes.cpp
reply read_stream(state& in, const call& from);
reply init_stream(state& in, const call& from);
reply append_to_stream(state& in, const call& from);
reply send_to_stream(state& in, const call& from);
reply read_input_stream(state& in, const call& from);

}  // namespace triggerd::sandbox::handlers
