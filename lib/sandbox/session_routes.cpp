#include "sandbox/handlers.hpp"
#include "sandbox/presigned.hpp"
#include "sandbox/public_tokens.hpp"
#include "sandbox/session_order.hpp"
#include "sandbox/session_run.hpp"
#include "sandbox/session_view.hpp"

namespace triggerd::sandbox::handlers {

namespace {

constexpr std::size_t session_body = 32'768, session_end_body = 1'024;
constexpr std::size_t close_reason = 256, continue_reason = 64;

std::string session_token(const state& in, const live_environment& where, const std::string& name) {
  const json scopes = {"read:sessions:" + name, "write:sessions:" + name};
  return mint(where.root().spec->key, where.where->id, scopes, in.now, in.now + std::chrono::hours(1));
}

reply made_session(const state& in, const session& of, bool cached) {
  json out = shown_session(in, of);
  out["runId"] = in.runs.id_of(of.run);
  out["publicAccessToken"] = session_token(in, *of.where, of.external.empty() ? in.sessions.id_of(of) : of.external);
  out["isCached"] = cached;
  if (of.where->task(of.task) == nullptr) out["pendingVersion"] = true;
  return answer(cached ? 200 : 201, out);
}

reply told(const refused_run& why) { return refuse(why.status, why.text); }

// An optional text of the body, not too long.
std::optional<reply> read_reason(const json& body, std::size_t most, std::optional<std::string>& into) {
  const json* given = find(body, "reason");
  if (given == nullptr) return std::nullopt;
  if (!given->is_string()) return refuse_body("Expected string, received " + std::string(type_word(*given)), "reason");
  into = *given;
  if (into->size() > most)
    return refuse_body("String must contain at most " + std::to_string(most) + " character(s)", "reason");
  return std::nullopt;
}

// A session keeps the external id that it was given, and takes one once.
std::optional<reply> give_external_id(state& in, session& of, const json& body) {
  const json* given = find(body, "externalId");
  if (given == nullptr || *given == of.external) return std::nullopt;
  if (!given->is_string() || given->get_ref<const std::string&>().empty())
    return refuse_body("Expected string, received " + std::string(type_word(*given)), "externalId");
  if (!of.external.empty()) return refuse(422, "externalId cannot be changed once it is set");
  const std::string& name = given->get_ref<const std::string&>();
  if (in.sessions.find(name, *of.where) != nullptr) return refuse(409, "A session with this externalId exists");
  in.sessions.name(of, name);
  return std::nullopt;
}

reply snapshot_url(state& in, const call& from, std::string_view action, std::string_view method) {
  auto found = open_session(in, from, action);
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  const session& of = *std::get<session*>(found);
  const std::string name = "sessions/" + in.sessions.id_of(of) + "/snapshot.json";
  return answer(200, {{"presignedUrl", presigned_url(in, from.asked, method, *of.where, name)}});
}

}  // namespace

reply create_session(state& in, const call& from) {
  auto body = read_body(from, session_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  auto read = read_session_order(std::get<json>(body));
  if (auto* refusal = std::get_if<reply>(&read)) return std::move(*refusal);
  session_order& order = std::get<session_order>(read);
  const std::string named = order.external.empty() ? "sessions" : "sessions:" + order.external;
  if (!from.who.may("write", {"tasks:" + order.task, named})) return forbidden();

  session* known = order.external.empty() ? nullptr : in.sessions.find(order.external, *from.who.where);
  if (known != nullptr) {
    if (known->is_over(in.now)) return refuse(409, "Session is closed or expired");
    known->trigger_config = std::move(order.trigger_config);
    known->updated = in.now;
    if (const auto refused = keep_session_run(in, *known)) return told(*refused);
    return made_session(in, *known, true);
  }
  if (in.sessions.size() >= limits::sandbox_sessions)
    return refuse(503, "The sandbox holds as many sessions as it can");
  session& made = in.sessions.create(*from.who.where, order.external, in.now);
  made.type = std::move(order.type);
  made.task = std::move(order.task);
  made.trigger_config = std::move(order.trigger_config);
  made.metadata = std::move(order.metadata);
  made.tags = std::move(order.tags);
  made.expires = order.expires;
  if (const auto refused = start_session_run(in, made)) {
    in.sessions.close(made, "its run could not be started", in.now);
    return told(*refused);
  }
  return made_session(in, made, false);
}

reply get_session(state& in, const call& from) {
  auto found = open_session(in, from, "read");
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  return answer(200, shown_session(in, *std::get<session*>(found)));
}

reply update_session(state& in, const call& from) {
  auto body = read_body(from, session_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  const json& asked = std::get<json>(body);
  auto found = open_session(in, from, "admin");
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  session& of = *std::get<session*>(found);
  auto tags = read_session_tags(asked);
  if (auto* refusal = std::get_if<reply>(&tags)) return std::move(*refusal);
  const json* metadata = find(asked, "metadata");
  if (metadata != nullptr && !metadata->is_null() && !metadata->is_object())
    return refuse_body("Expected object, received " + std::string(type_word(*metadata)), "metadata");
  if (auto refusal = give_external_id(in, of, asked)) return std::move(*refusal);
  if (auto& given = std::get<0>(tags)) of.tags = std::move(*given);
  if (metadata != nullptr) of.metadata = *metadata;
  of.updated = in.now;
  return answer(200, shown_session(in, of));
}

reply close_session(state& in, const call& from) {
  auto body = read_body(from, session_end_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  auto found = open_session(in, from, "admin");
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  session& of = *std::get<session*>(found);
  std::optional<std::string> reason;
  if (auto refusal = read_reason(std::get<json>(body), close_reason, reason)) return std::move(*refusal);
  in.sessions.close(of, std::move(reason), in.now);
  return answer(200, shown_session(in, of));
}

reply continue_session(state& in, const call& from) {
  auto body = read_body(from, session_end_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  const json& asked = std::get<json>(body);
  auto found = open_session(in, from, "write");
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  session& of = *std::get<session*>(found);
  const json* calling = find(asked, "callingRunId");
  if (calling == nullptr || !calling->is_string()) return refuse_body("Required", "callingRunId");
  std::optional<std::string> reason;
  if (auto refusal = read_reason(asked, continue_reason, reason)) return std::move(*refusal);
  if (!reason) return refuse_body("Required", "reason");
  if (of.is_over(in.now)) return refuse(400, "Session is closed or expired");
  // Only the current run may hand over; another one was overtaken.
  const bool swaps = *calling == in.runs.id_of(of.run);
  if (swaps)
    if (const auto refused = start_session_run(in, of)) return told(*refused);
  json out = {{"runId", in.runs.id_of(of.run)}, {"swapped", swaps}};
  if (of.where->task(of.task) == nullptr) out["pendingVersion"] = true;
  return answer(200, out);
}

reply put_snapshot(state& in, const call& from) { return snapshot_url(in, from, "write", "PUT"); }
reply get_snapshot(state& in, const call& from) { return snapshot_url(in, from, "read", "GET"); }

}  // namespace triggerd::sandbox::handlers
