// What a project keeps: schedules, queues, concurrency limits, deployments, prompts, queries.
#include "api/concurrency_limits.hpp"
#include "api/deployments.hpp"
#include "api/prompts.hpp"
#include "api/query.hpp"
#include "api/queues.hpp"
#include "api/schedules.hpp"
#include "client/pages.hpp"
#include "conformance/calls.hpp"

namespace triggerd::conformance {

namespace {

std::uint32_t number_of(const json& of, const char* name) {
  return of.is_object() && of.contains(name) ? of[name].get<std::uint32_t>() : 0;
}

api::page_request page_of(const json& params) {
  return {.page = number_of(params, "page"), .per_page = number_of(params, "perPage")};
}

// --- schedules ---

reply list_schedules(const caller& from, const json& args) {
  const auto first = page_of(argument(args, 0));
  client::pages<api::schedule_page> list(from.by, [first](std::string_view cursor) {
    api::page_request which = first;
    if (!cursor.empty()) which.page = static_cast<std::uint32_t>(std::stoul(std::string(cursor)));
    return api::list_schedules(which);
  });
  for (;;) {
    const auto page = co_await list.next();
    if (!page) co_return success();
    if (!*page || !from.iterates) co_return verdict_of(*page);
  }
}

api::schedule_draft draft_of(const json& written) {
  return {.task = text_member(written, "task"),
          .cron = text_member(written, "cron"),
          .external_id = text_member(written, "externalId"),
          .timezone = text_member(written, "timezone"),
          .window = text_member(written, "window")};
}

reply create_schedule(const caller& from, const json& args) {
  const json& written = args.at(0);
  return send(from, api::create_schedule(draft_of(written), text_member(written, "deduplicationKey")));
}
reply retrieve_schedule(const caller& from, const json& args) {
  return send(from, api::retrieve_schedule(id_at(args, 0)));
}
reply update_schedule(const caller& from, const json& args) {
  return send(from, api::update_schedule(id_at(args, 0), draft_of(args.at(1))));
}
reply activate_schedule(const caller& from, const json& args) {
  return send(from, api::activate_schedule(id_at(args, 0)));
}
reply deactivate_schedule(const caller& from, const json& args) {
  return send(from, api::deactivate_schedule(id_at(args, 0)));
}
reply remove_schedule(const caller& from, const json& args) { return send(from, api::remove_schedule(id_at(args, 0))); }
reply list_timezones(const caller& from, const json& args) {
  return send(from, api::list_timezones(flag_of(argument(args, 0), "excludeUtc").value_or(false)));
}

constexpr std::array<known_call, 14> schedules{{
    {"schedules.list", list_schedules},
    {"listSchedules", list_schedules},
    {"schedules.create", create_schedule},
    {"createSchedule", create_schedule},
    {"schedules.retrieve", retrieve_schedule},
    {"retrieveSchedule", retrieve_schedule},
    {"schedules.update", update_schedule},
    {"updateSchedule", update_schedule},
    {"schedules.activate", activate_schedule},
    {"activateSchedule", activate_schedule},
    {"schedules.deactivate", deactivate_schedule},
    {"schedules.del", remove_schedule},
    {"deleteSchedule", remove_schedule},
    {"schedules.timezones", list_timezones},
}};

// --- queues and concurrency limits ---

api::queue_reference queue_of(const json& written) {
  using form = api::queue_reference::form;
  if (written.is_string()) return {.type = form::id, .name = written.get<std::string>()};
  const bool of_task = written.at("type") == "task";
  return {.type = of_task ? form::task : form::custom, .name = written.at("name").get<std::string>()};
}

reply list_queues(const caller& from, const json& args) {
  return send(from, api::list_queues(page_of(argument(args, 0))));
}
reply retrieve_queue(const caller& from, const json& args) {
  return send(from, api::retrieve_queue(queue_of(args.at(0))));
}
reply pause_queue(const caller& from, const json& args) { return send(from, api::pause_queue(queue_of(args.at(0)))); }
reply resume_queue(const caller& from, const json& args) { return send(from, api::resume_queue(queue_of(args.at(0)))); }
reply override_queue(const caller& from, const json& args) {
  const json& limit = args.at(1);
  if (limit.is_object() && limit.contains("percent"))
    return send(from, api::override_queue_percent(queue_of(args.at(0)), limit["percent"].get<double>()));
  const json& count = limit.is_object() ? limit.at("concurrencyLimit") : limit;
  return send(from, api::override_queue_limit(queue_of(args.at(0)), count.get<std::uint32_t>()));
}
reply reset_queue(const caller& from, const json& args) {
  return send(from, api::reset_queue_limit(queue_of(args.at(0))));
}

reply list_limits(const caller& from, const json& args) {
  return send(from, api::list_concurrency_limits(page_of(argument(args, 0))));
}
reply retrieve_limit(const caller& from, const json& args) {
  const auto key = text_member(argument(args, 1), "concurrencyKey");
  if (key.empty()) return send(from, api::retrieve_concurrency_limit(id_at(args, 0)));
  return send(from, api::retrieve_concurrency_key(id_at(args, 0), key));
}

std::optional<std::uint32_t> bound_of(const json& of, const char* name) {
  return of.contains(name) ? std::optional(of[name].get<std::uint32_t>()) : std::nullopt;
}

reply override_limit(const caller& from, const json& args) {
  const json& written = args.at(1);
  const auto key = text_member(written, "concurrencyKey");
  if (key.empty())
    return send(
        from, api::override_concurrency_limit(id_at(args, 0), bound_of(written, "total"), bound_of(written, "perKey")));
  const auto ttl = written.contains("ttl") ? span_of(written["ttl"]) : std::nullopt;
  return send(from, api::override_concurrency_key(id_at(args, 0), key, number_of(written, "perKey"), ttl));
}
reply pause_limit(const caller& from, const json& args) {
  return send(from, api::pause_concurrency_limit(id_at(args, 0)));
}
reply resume_limit(const caller& from, const json& args) {
  return send(from, api::resume_concurrency_limit(id_at(args, 0)));
}
reply reset_limit(const caller& from, const json& args) {
  const auto key = text_member(argument(args, 1), "concurrencyKey");
  if (key.empty()) return send(from, api::reset_concurrency_limit(id_at(args, 0)));
  return send(from, api::reset_concurrency_key(id_at(args, 0), key));
}

constexpr std::array<known_call, 12> queues{{
    {"queues.list", list_queues},
    {"queues.retrieve", retrieve_queue},
    {"queues.pause", pause_queue},
    {"queues.resume", resume_queue},
    {"queues.overrideConcurrencyLimit", override_queue},
    {"queues.resetConcurrencyLimit", reset_queue},
    {"concurrencyLimits.list", list_limits},
    {"concurrencyLimits.retrieve", retrieve_limit},
    {"concurrencyLimits.override", override_limit},
    {"concurrencyLimits.pause", pause_limit},
    {"concurrencyLimits.resume", resume_limit},
    {"concurrencyLimits.reset", reset_limit},
}};

// --- deployments ---

reply list_deployments(const caller& from, const json& args) {
  const json& written = argument(args, 0);
  api::deployment_filter which;
  which.status = text_member(written, "status");
  which.period = text_member(written, "period");
  if (written.contains("from")) which.from = instant_of(written["from"]).value();
  if (written.contains("to")) which.to = instant_of(written["to"]).value();
  which.page_size = number_of(written, "limit");
  which.after = text_member(written, "cursor");
  return send(from, api::list_deployments(which));
}
reply current_deployment(const caller& from, const json&) { return send(from, api::current_deployment()); }

constexpr std::array<known_call, 2> deployments{{
    {"deployments.list", list_deployments},
    {"deployments.retrieveCurrent", current_deployment},
}};

// --- prompts and queries ---

api::prompt_override override_of(const json& written) {
  return {.text = text_member(written, "textContent"),
          .model = text_member(written, "model"),
          .commit_message = text_member(written, "commitMessage")};
}

reply list_prompts(const caller& from, const json&) { return send(from, api::list_prompts()); }
reply list_versions(const caller& from, const json& args) {
  return send(from, api::list_prompt_versions(id_at(args, 0)));
}
reply resolve_prompt(const caller& from, const json& args) {
  api::prompt_question what;
  if (!is_undefined(argument(args, 1))) what.variables = args[1].dump();
  what.label = text_member(argument(args, 2), "label");
  what.version = number_of(argument(args, 2), "version");
  return send(from, api::resolve_prompt(id_at(args, 0), what));
}
reply promote_prompt(const caller& from, const json& args) {
  return send(from, api::promote_prompt(id_at(args, 0), args.at(1).get<std::uint32_t>()));
}
reply create_override(const caller& from, const json& args) {
  return send(from, api::create_prompt_override(id_at(args, 0), override_of(args.at(1))));
}
reply update_override(const caller& from, const json& args) {
  return send(from, api::update_prompt_override(id_at(args, 0), override_of(args.at(1))));
}
reply remove_override(const caller& from, const json& args) {
  return send(from, api::remove_prompt_override(id_at(args, 0)));
}
reply reactivate_override(const caller& from, const json& args) {
  return send(from, api::reactivate_prompt_override(id_at(args, 0), args.at(1).get<std::uint32_t>()));
}

reply execute_query(const caller& from, const json& args) {
  const json& how = argument(args, 1);
  api::query_question what;
  what.sql = args.at(0).get<std::string>();
  const auto scope = text_member(how, "scope");
  if (scope == "project") what.scope = api::query_scope::project;
  if (scope == "organization") what.scope = api::query_scope::organization;
  if (text_member(how, "format") == "csv") what.format = api::query_format::csv;
  what.period = text_member(how, "period");
  if (how.contains("from")) what.from = instant_of(how["from"]).value();
  if (how.contains("to")) what.to = instant_of(how["to"]).value();
  return send(from, api::execute_query(what));
}

constexpr std::array<known_call, 9> prompts{{
    {"prompts.list", list_prompts},
    {"prompts.versions", list_versions},
    {"prompts.resolve", resolve_prompt},
    {"prompts.promote", promote_prompt},
    {"prompts.createOverride", create_override},
    {"prompts.updateOverride", update_override},
    {"prompts.removeOverride", remove_override},
    {"prompts.reactivateOverride", reactivate_override},
    {"query.execute", execute_query},
}};

}  // namespace

std::span<const known_call> schedule_calls() { return schedules; }
std::span<const known_call> queue_calls() { return queues; }
std::span<const known_call> deployment_calls() { return deployments; }
std::span<const known_call> prompt_calls() { return prompts; }

}  // namespace triggerd::conformance
