#include "api/sessions.hpp"

#include "api/address.hpp"
#include "api/arguments.hpp"
#include "api/paging.hpp"
#include "api/rows.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace triggerd::api {

namespace {

using nlohmann::json;

// --- reading ---

// A flag, or the version that is waited for.
bool says_pending_version(const json& body) {
  return flag_member(body, "pendingVersion", text_member(body, "pendingVersion").has_value());
}

result<session_view> session_of(const json& row) {
  session_view view;
  const auto named = required_texts(row, {{"id", &view.id}, {"type", &view.type}, {"taskIdentifier", &view.task}});
  if (!named) return named.error();
  const auto values = optional_values(row, {{"triggerConfig", &view.trigger_config}, {"metadata", &view.metadata}});
  if (!values) return values.error();
  optional_texts(
      row,
      {{"externalId", &view.external_id}, {"currentRunId", &view.current_run}, {"closedReason", &view.closed_reason}});
  optional_instants(row, {{"closedAt", &view.closed},
                          {"expiresAt", &view.expires},
                          {"createdAt", &view.created},
                          {"updatedAt", &view.updated}});
  view.tags = texts_member(row, "tags");
  return view;
}

result<session_view> read_session(const transport::response& reply) { return whole_of(reply, session_of); }

result<session_started> read_session_started(const transport::response& reply) {
  auto body = parse_body(reply);
  if (!body) return body.error();
  session_started started;
  started.token = optional_secret(*body, "publicAccessToken");
  auto session = session_of(*body);
  if (!session) return session.error();
  auto run = required_text(*body, "runId");
  if (!run) return run.error();
  started.session = std::move(*session);
  started.run = std::move(*run);
  started.cached = flag_member(*body, "isCached", false);
  started.pending_version = says_pending_version(*body);
  return started;
}

result<session_page> read_session_page(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto sessions = rows_member(*body, "data", session_of);
  if (!sessions) return sessions.error();
  session_page page{.sessions = std::move(*sessions), .next = next_cursor(*body), .previous = {}};
  if (const auto* pagination = object_member(*body, "pagination"))
    optional_texts(*pagination, {{"previous", &page.previous}});
  return page;
}

result<session_continued> read_session_continued(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto run = required_text(*body, "runId");
  if (!run) return run.error();
  return session_continued{.run = std::move(*run),
                           .swapped = flag_member(*body, "swapped", false),
                           .pending_version = says_pending_version(*body)};
}

result<session_transcript> read_transcript(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  const auto* messages = array_member(*body, "messages");
  if (messages == nullptr) return missing_member("messages");
  session_transcript page;
  for (const auto& one : *messages) {
    std::string text = "null";
    const auto read = optional_values(json{{"messages", one}}, {{"messages", &text}});
    if (!read) return read.error();
    page.messages.push_back(std::move(text));
  }
  if (const auto* cursors = object_member(*body, "cursors"))
    optional_texts(*cursors, {{"lastOutEventId", &page.last_out_event}, {"lastInEventId", &page.last_in_event}});
  optional_texts(*body, {{"nextCursor", &page.next}});
  return page;
}

// --- writing ---

result<json> object_argument(std::string_view what, std::string_view text) {
  auto value = json_argument(what, text);
  if (value && !value->is_object()) return bad_argument(what, "is no JSON object");
  return value;
}

result<void> check_session_trigger(const session_trigger& of) {
  if (of.max_attempts && (*of.max_attempts < 1 || *of.max_attempts > 10))
    return bad_argument("the attempts of a session's runs", "are not 1 to 10");
  if (of.idle_timeout && (of.idle_timeout->count() < 1 || *of.idle_timeout > limits::session_idle))
    return bad_argument("the idle timeout of a session", "is not between a second and an hour");
  if (of.max_duration && (of.max_duration->count() < 1 || of.max_duration->count() > INT32_MAX))
    return bad_argument("the longest duration of a session's runs", "is not more than zero");
  if (const auto checked = check_name_if_any("the queue", of.queue, limits::session_task); !checked)
    return checked.error();
  return check_tags(of.tags);
}

std::optional<std::uint32_t> whole_seconds(const std::optional<seconds>& span) {
  if (!span) return std::nullopt;
  return static_cast<std::uint32_t>(span->count());
}

result<json> trigger_config(const session_trigger& of) {
  if (const auto checked = check_session_trigger(of); !checked) return checked.error();
  auto payload = object_argument("the base payload", of.base_payload);
  if (!payload) return payload.error();
  json config{{"basePayload", std::move(*payload)}};
  put_member(config, "machine", of.machine);
  put_member(config, "queue", of.queue);
  if (!of.concurrency.empty()) {
    auto concurrency = json_argument("the concurrency", of.concurrency);
    if (!concurrency) return concurrency.error();
    config["concurrency"] = std::move(*concurrency);
  }
  put_member(config, "concurrencyKey", of.concurrency_key);
  put_member(config, "tags", of.tags);
  put_member(config, "maxAttempts", of.max_attempts);
  put_member(config, "maxDuration", whole_seconds(of.max_duration));
  put_member(config, "lockToVersion", of.lock_to_version);
  put_member(config, "externalDeploymentId", of.external_deployment_id);
  put_member(config, "region", of.region);
  put_member(config, "idleTimeoutInSeconds", whole_seconds(of.idle_timeout));
  if (of.ttl) {
    auto ttl = span_text("the ttl", *of.ttl);
    if (!ttl) return ttl.error();
    config["ttl"] = std::move(*ttl);
  }
  return config;
}

// The server takes such an id for its own kind, and trims what it stores.
result<void> check_external_id(std::string_view id) {
  if (id.starts_with("session_")) return bad_argument("the external id", "begins with \"session_\"");
  if (text::trim(id) != id) return bad_argument("the external id", "has blanks around it, which the server takes off");
  return check_name_if_any("the external id", id, limits::session_name);
}

result<void> check_session_draft(const session_draft& what) {
  if (const auto checked = check_name("the type of a session", what.type, limits::session_type); !checked)
    return checked.error();
  if (const auto checked = check_name("the task of a session", what.task, limits::session_task); !checked)
    return checked.error();
  if (const auto checked = check_external_id(what.external_id); !checked) return checked.error();
  return check_tags(what.tags);
}

result<call> sized_call(std::string_view endpoint, std::initializer_list<std::string_view> parts, const json& body) {
  call what = make_json_call(endpoint, parts, body);
  if (what.body->size() > limits::session_body) return bad_argument("a session", "takes more than 32 KiB to describe");
  return what;
}

std::vector<std::string> status_words(const std::vector<session_status>& wanted) {
  std::vector<std::string> words;
  for (const auto one : wanted)
    words.emplace_back(one == session_status::active ? "ACTIVE" : one == session_status::closed ? "CLOSED" : "EXPIRED");
  return words;
}

}  // namespace

session_status session_view::status(instant now) const {
  if (closed) return session_status::closed;
  return expires && *expires <= now ? session_status::expired : session_status::active;
}

result<operation<session_started>> start_session(const session_draft& what) {
  if (const auto checked = check_session_draft(what); !checked) return checked.error();
  auto config = trigger_config(what.trigger);
  if (!config) return config.error();
  json body{{"type", what.type}, {"taskIdentifier", what.task}, {"triggerConfig", std::move(*config)}};
  put_member(body, "externalId", what.external_id);
  put_member(body, "tags", what.tags);
  if (!what.metadata.empty()) {
    auto metadata = object_argument("the metadata of a session", what.metadata);
    if (!metadata) return metadata.error();
    body["metadata"] = std::move(*metadata);
  }
  put_member(body, "expiresAt", what.expires);
  auto sent = sized_call("sessions.create", {}, body);
  if (!sent) return sent.error();
  sent->keyed = !what.external_id.empty();
  sent->secret_reply = true;
  return operation<session_started>{std::move(*sent), read_session_started};
}

operation<session_page> list_sessions(const session_filter& which) {
  query text;
  text.add("filter[type]", which.type)
      .add_list("filter[tags]", which.tag)
      .add_list("filter[taskIdentifier]", which.task)
      .add_list("filter[externalId]", which.external_id)
      .add_list("filter[status]", status_words(which.status))
      .add("filter[createdAt][period]", which.period)
      .add_instant("filter[createdAt][from]", which.from)
      .add_instant("filter[createdAt][to]", which.to)
      .add_number("page[size]", which.page_size)
      .add("page[after]", which.after)
      .add("page[before]", which.before);
  return {make_call("sessions.list", {}, text.text()), read_session_page};
}

operation<session_view> retrieve_session(std::string_view session) {
  return {make_call("sessions.retrieve", {session}), read_session};
}

result<operation<session_view>> update_session(std::string_view session, const session_change& what) {
  json body = json::object();
  if (what.tags) {
    if (const auto checked = check_tags(*what.tags); !checked) return checked.error();
    body["tags"] = *what.tags;
  }
  if (what.metadata) {
    auto metadata = json_argument("the metadata of a session", what.metadata->empty() ? "null" : *what.metadata);
    if (!metadata) return metadata.error();
    if (!metadata->is_null() && !metadata->is_object())
      return bad_argument("the metadata of a session", "is no JSON object");
    body["metadata"] = std::move(*metadata);
  }
  if (const auto checked = check_external_id(what.external_id); !checked) return checked.error();
  put_member(body, "externalId", what.external_id);
  auto sent = sized_call("sessions.update", {session}, body);
  if (!sent) return sent.error();
  return operation<session_view>{std::move(*sent), read_session};
}

result<operation<session_view>> close_session(std::string_view session, std::string_view reason,
                                              std::string_view calling_run) {
  if (utf16_length(reason) > limits::close_reason)
    return bad_argument("the reason for closing a session", "is longer than 256 characters");
  json body = json::object();
  put_member(body, "reason", reason);
  put_member(body, "callingRunId", calling_run);
  return operation<session_view>{make_json_call("sessions.close", {session}, body), read_session};
}

result<operation<session_continued>> end_and_continue(std::string_view session, std::string_view calling_run,
                                                      std::string_view reason,
                                                      std::string_view external_deployment_id) {
  if (const auto checked = check_name("the calling run", calling_run); !checked) return checked.error();
  if (const auto checked = check_name("the reason for going on", reason, limits::continue_reason); !checked)
    return checked.error();
  json body{{"callingRunId", calling_run}, {"reason", reason}};
  put_member(body, "externalDeploymentId", external_deployment_id);
  return operation<session_continued>{make_json_call("sessions.endAndContinue", {session}, body),
                                      read_session_continued};
}

operation<presigned> snapshot_upload(std::string_view session) {
  return presigned_call(make_call("sessions.snapshotPut", {session}));
}

operation<presigned> snapshot_download(std::string_view session) {
  return presigned_call(make_call("sessions.snapshotGet", {session}));
}

operation<session_transcript> session_messages(std::string_view session, std::uint32_t limit, std::string_view before) {
  query text;
  text.add_number("limit", limit).add("before", before);
  return {make_call("sessions.transcript", {session}, text.text()), read_transcript};
}

}  // namespace triggerd::api
