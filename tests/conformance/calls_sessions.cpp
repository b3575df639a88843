// Sessions, their channels, and the streams of runs.
#include "api/sessions.hpp"
#include "api/streams.hpp"
#include "client/following.hpp"
#include "conformance/calls.hpp"

namespace triggerd::conformance {

namespace {

std::string object_text(const json& of, const char* name) {
  return of.contains(name) && !of[name].is_null() ? of[name].dump() : std::string();
}

api::session_trigger trigger_of(const json& written) {
  api::session_trigger out;
  out.base_payload = object_text(written, "basePayload");
  out.machine = text_member(written, "machine");
  out.queue = text_member(written, "queue");
  out.concurrency_key = text_member(written, "concurrencyKey");
  out.concurrency = object_text(written, "concurrency");
  if (written.contains("tags")) out.tags = listed(written["tags"]).get<std::vector<std::string>>();
  if (written.contains("maxAttempts")) out.max_attempts = written["maxAttempts"].get<std::uint32_t>();
  if (written.contains("maxDuration")) out.max_duration = seconds(written["maxDuration"].get<std::int64_t>());
  out.lock_to_version = text_member(written, "lockToVersion");
  out.external_deployment_id = text_member(written, "externalDeploymentId");
  out.region = text_member(written, "region");
  if (written.contains("idleTimeoutInSeconds"))
    out.idle_timeout = seconds(written["idleTimeoutInSeconds"].get<std::int64_t>());
  if (written.contains("ttl")) out.ttl = span_of(written["ttl"]);
  return out;
}

reply start_session(const caller& from, const json& args) {
  const json& written = args.at(0);
  api::session_draft draft;
  draft.type = text_member(written, "type");
  draft.external_id = text_member(written, "externalId");
  draft.task = text_member(written, "taskIdentifier");
  draft.trigger = trigger_of(written.at("triggerConfig"));
  if (draft.trigger.external_deployment_id.empty()) draft.trigger.external_deployment_id = from.deployment;
  if (written.contains("tags")) draft.tags = listed(written["tags"]).get<std::vector<std::string>>();
  draft.metadata = object_text(written, "metadata");
  if (written.contains("expiresAt")) draft.expires = instant_of(written["expiresAt"]).value();
  return send(from, api::start_session(draft));
}

api::session_status status_of(std::string_view word) {
  if (word == "CLOSED") return api::session_status::closed;
  return word == "EXPIRED" ? api::session_status::expired : api::session_status::active;
}

reply list_sessions(const caller& from, const json& args) {
  const json& written = argument(args, 0);
  api::session_filter which;
  const auto words = [&](const char* name) { return listed(member_of(written, name)).get<std::vector<std::string>>(); };
  which.type = text_member(written, "type");
  which.tag = words("tag");
  which.task = words("taskIdentifier");
  which.external_id = words("externalId");
  for (const auto& word : words("status")) which.status.push_back(status_of(word));
  which.period = text_member(written, "period");
  if (written.contains("from")) which.from = instant_of(written["from"]).value();
  if (written.contains("to")) which.to = instant_of(written["to"]).value();
  which.page_size = written.value("limit", std::size_t{0});
  which.after = text_member(written, "after");
  which.before = text_member(written, "before");
  return send(from, api::list_sessions(which));
}

reply retrieve_session(const caller& from, const json& args) {
  return send(from, api::retrieve_session(id_at(args, 0)));
}

reply update_session(const caller& from, const json& args) {
  const json& written = args.at(1);
  api::session_change what;
  if (written.contains("tags")) what.tags = listed(written["tags"]).get<std::vector<std::string>>();
  if (written.contains("metadata")) what.metadata = written["metadata"].dump();
  what.external_id = text_member(written, "externalId");
  return send(from, api::update_session(id_at(args, 0), what));
}

reply close_session(const caller& from, const json& args) {
  return send(from, api::close_session(id_at(args, 0), text_member(argument(args, 1), "reason"),
                                       text_member(argument(args, 1), "callingRunId")));
}

reply end_and_continue(const caller& from, const json& args) {
  const json& written = args.at(1);
  return send(
      from, api::end_and_continue(id_at(args, 0), text_member(written, "callingRunId"), text_member(written, "reason"),
                                  text_member(written, "externalDeploymentId")));
}

reply snapshot_upload(const caller& from, const json& args) { return send(from, api::snapshot_upload(id_at(args, 0))); }
reply snapshot_download(const caller& from, const json& args) {
  return send(from, api::snapshot_download(id_at(args, 0)));
}

reply transcript(const caller& from, const json& args) {
  const json& page = argument(args, 1);
  const auto limit = is_undefined(page) ? 0u : page.value("limit", 0u);
  return send(from, api::session_messages(id_at(args, 0), limit, text_member(page, "before")));
}

api::session_channel channel_of(const json& args) {
  return {.session = id_at(args, 0), .side = id_at(args, 1) == "in" ? api::channel_side::in : api::channel_side::out};
}

reply open_channel(const caller& from, const json& args) { return send(from, api::open_channel(channel_of(args))); }
reply drain_channel(const caller& from, const json& args) {
  return send(from, api::drain_channel(channel_of(args), text_member(argument(args, 2), "afterEventId")));
}

constexpr std::array<known_call, 12> sessions{{
    {"sessions.start", start_session},
    {"sessions.create", start_session},
    {"sessions.list", list_sessions},
    {"sessions.retrieve", retrieve_session},
    {"sessions.update", update_session},
    {"sessions.close", close_session},
    {"endAndContinueSession", end_and_continue},
    {"createChatSnapshotUploadUrl", snapshot_upload},
    {"getChatSnapshotUrl", snapshot_download},
    {"getSessionTranscript", transcript},
    {"initializeSessionStream", open_channel},
    {"readSessionStreamRecords", drain_channel},
}};

}  // namespace

std::span<const known_call> session_calls() { return sessions; }

}  // namespace triggerd::conformance
