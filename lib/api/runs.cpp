#include "api/runs.hpp"

#include "api/address.hpp"
#include "api/arguments.hpp"
#include "api/json_fields.hpp"
#include "api/payload.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace triggerd::api {

namespace {

using nlohmann::json;
using enum run_phase;

constexpr std::array<std::pair<std::string_view, run_phase>, 13> phases{{{"PENDING_VERSION", waiting_for_version},
                                                                         {"DELAYED", going_on},
                                                                         {"QUEUED", going_on},
                                                                         {"DEQUEUED", going_on},
                                                                         {"EXECUTING", going_on},
                                                                         {"WAITING", going_on},
                                                                         {"COMPLETED", succeeded},
                                                                         {"CANCELED", cancelled},
                                                                         {"FAILED", run_phase::failed},
                                                                         {"CRASHED", run_phase::failed},
                                                                         {"SYSTEM_FAILURE", run_phase::failed},
                                                                         {"EXPIRED", run_phase::failed},
                                                                         {"TIMED_OUT", run_phase::failed}}};

std::string error_text_of(const json& run) {
  const auto* error = object_member(run, "error");
  if (error == nullptr) return {};
  const auto name = text_member(*error, "name").value_or(std::string());
  const auto message = text_member(*error, "message").value_or(std::string());
  const std::string joined = name.empty() || message.empty() ? name + message : name + ": " + message;
  return text::printable(joined, limits::peer_words);
}

result<run_view> read_run(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  return run_view_of(*body);
}

result<run_page> read_run_page(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  const auto* rows = array_member(*body, "data");
  if (rows == nullptr) return missing_member("data");
  run_page page;
  for (const auto& row : *rows) {
    auto run = run_view_of(row);
    if (!run) return run.error();
    page.runs.push_back(std::move(*run));
  }
  if (const auto* pagination = object_member(*body, "pagination"))
    page.next = text_member(*pagination, "next").value_or(std::string());
  return page;
}

result<std::string> read_id(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  return required_text(*body, "id");
}

result<nothing> read_cancelled(const transport::response& reply) {
  const auto id = read_id(reply);
  if (!id) return id.error();
  return nothing{};
}

result<replayed> read_replayed(const transport::response& reply) {
  auto id = read_id(reply);
  if (!id) return id.error();
  return replayed{std::move(*id)};
}

query filters(const run_filter& which) {
  query text;
  text.add_list("filter[status]", which.status)
      .add_list("filter[taskIdentifier]", which.task)
      .add_list("filter[version]", which.version)
      .add("filter[bulkAction]", which.bulk_action)
      .add_list("filter[tag]", which.tag)
      .add("filter[schedule]", which.schedule);
  if (which.test) text.add("filter[isTest]", *which.test ? "true" : "false");
  text.add_instant("filter[createdAt][from]", which.from)
      .add_instant("filter[createdAt][to]", which.to)
      .add("filter[createdAt][period]", which.period)
      .add("filter[batch]", which.batch)
      .add_list("filter[queue]", which.queue)
      .add_list("filter[machine]", which.machine)
      .add_list("filter[region]", which.region)
      .add("filter[error]", which.error);
  return text;
}

void add_page(query& text, const run_filter& which) {
  text.add_number("page[size]", which.page_size).add("page[after]", which.after).add("page[before]", which.before);
}

// The options of a trigger under the names of a replay.
result<json> wire_overrides(const run_options& options) {
  const auto keyed = check_name_if_any("idempotency key", options.key.text, limits::idempotency_key);
  if (!keyed) return keyed.error();
  auto wire = wire_options(options);
  if (!wire) return wire.error();
  wire->erase("idempotencyKeyOptions");
  if (wire->contains("queue")) (*wire)["queue"] = json((*wire)["queue"]["name"]);
  if (wire->contains("lockToVersion")) {
    (*wire)["version"] = json((*wire)["lockToVersion"]);
    wire->erase("lockToVersion");
  }
  for (const char* fixed : {"concurrency", "test", "debounce", "externalDeploymentId", "parentRunId"})
    if (wire->contains(fixed)) return bad_argument(fixed, "is no option of a replay");
  return wire;
}

}  // namespace

result<run_view> run_view_of(const nlohmann::json& run) {
  run_view view;
  auto id = required_text(run, "id");
  if (!id) return id.error();
  auto status = required_text(run, "status");
  if (!status) return status.error();
  view.id = std::move(*id);
  view.status = std::move(*status);
  view.task = text_member(run, "taskIdentifier").value_or(std::string());
  view.idempotency_key = text_member(run, "idempotencyKey").value_or(std::string());
  view.tags = texts_member(run, "tags");
  view.created = instant_member(run, "createdAt");
  view.finished = instant_member(run, "finishedAt");
  view.error_text = error_text_of(run);
  view.batch = text_member(run, "batchId").value_or(std::string());
  return view;
}

run_phase run_view::phase() const {
  for (const auto& [known, phase] : phases)
    if (known == status) return phase;
  return finished ? run_phase::failed : going_on;  // of a newer server; not known to be good
}

operation<run_view> retrieve_run(std::string_view run) { return {make_call("runs.retrieve", {run}), read_run}; }

operation<run_page> list_runs(const run_filter& which) {
  query text = filters(which);
  add_page(text, which);
  return {make_call("runs.list", {}, text.text()), read_run_page};
}

operation<run_page> list_project_runs(std::string_view project, std::string_view env, const run_filter& which) {
  query text = filters(which);
  text.add("filter[env]", env);
  add_page(text, which);
  call what = make_call("runs.listProject", {project}, text.text());
  what.server_fault_is_final = true;
  return {std::move(what), read_run_page};
}

operation<nothing> cancel_run(std::string_view run) { return {make_call("runs.cancel", {run}), read_cancelled}; }

operation<replayed> replay_run(std::string_view run) { return {make_call("runs.replay", {run}), read_replayed}; }

result<operation<replayed>> replay_run(std::string_view run, const replay_overrides& changes) {
  auto body = wire_overrides(changes.options);
  if (!body) return body.error();
  if (changes.payload) {
    const auto payload = json_argument("payload", *changes.payload);
    if (!payload) return payload.error();
    const auto meta = changes.payload_meta.empty() ? result<nlohmann::json>(nullptr)
                                                   : json_argument("payload_meta", changes.payload_meta);
    if (!meta) return meta.error();
    (*body)["payload"] = superjson_text(*payload, *meta);
    (*body)["payloadType"] = "application/super+json";
  }
  call what = make_json_call("runs.replay", {run}, *body);
  if (what.body->size() > limits::trigger_body)
    return bad_argument("replay", "is larger than the 3145728 bytes that the server takes");
  return operation<replayed>{std::move(what), read_replayed};
}

}  // namespace triggerd::api
