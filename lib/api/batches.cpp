#include "api/batches.hpp"

#include "api/arguments.hpp"
#include "api/json_fields.hpp"
#include "api/payload.hpp"
#include "base/json_text.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace triggerd::api {

namespace {

using nlohmann::json;

std::optional<std::uint64_t> count_member(const json& of, std::string_view name) {
  const auto number = integer_member(of, name);
  return number && *number >= 0 ? std::optional(static_cast<std::uint64_t>(*number)) : std::nullopt;
}

result<streamed_items> read_streamed(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  const auto accepted = required_count(*body, "itemsAccepted");
  if (!accepted) return accepted.error();
  const auto deduplicated = required_count(*body, "itemsDeduplicated");
  if (!deduplicated) return deduplicated.error();
  const auto sealed = required_flag(*body, "sealed");
  if (!sealed) return sealed.error();
  return streamed_items{.accepted = *accepted,
                        .deduplicated = *deduplicated,
                        .sealed = *sealed,
                        .enqueued = count_member(*body, "enqueuedCount"),
                        .expected = count_member(*body, "expectedCount")};
}

result<std::vector<batch_error>> read_errors(const json& processing) {
  std::vector<batch_error> errors;
  const auto* list = array_member(processing, "errors");
  if (list == nullptr) return errors;
  for (const auto& one : *list) {
    const auto index = required_count(one, "index");
    if (!index) return index.error();
    errors.push_back({.index = *index,
                      .task = text_member(one, "taskIdentifier").value_or(std::string()),
                      .text = text::printable(text_member(one, "error").value_or(std::string()), limits::peer_words),
                      .code = text_member(one, "errorCode").value_or(std::string())});
  }
  return errors;
}

result<batch_view> read_batch(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  batch_view view;
  auto id = required_text(*body, "id");
  if (!id) return id.error();
  view.id = std::move(*id);
  auto status = required_text(*body, "status");
  if (!status) return status.error();
  view.status = std::move(*status);
  const auto count = required_count(*body, "runCount");
  if (!count) return count.error();
  view.run_count = *count;
  if (array_member(*body, "runs") == nullptr) return missing_member("runs");
  view.runs = texts_member(*body, "runs");
  const auto* processing = object_member(*body, "processing");
  if (processing == nullptr) return view;
  auto errors = read_errors(*processing);
  if (!errors) return errors.error();
  view.errors = std::move(*errors);
  view.processed = text_member(*processing, "completedAt").has_value();
  return view;
}

json batch_body(std::uint64_t run_count, std::vector<std::string> tasks) {
  json body{{"runCount", run_count}};
  // Distinct and sorted, as the SDK sends them; the server checks narrow keys against the list.
  std::sort(tasks.begin(), tasks.end());
  tasks.erase(std::unique(tasks.begin(), tasks.end()), tasks.end());
  put_member(body, "taskIdentifiers", tasks);
  return body;
}

void add_item(json_members& out, std::string_view task, const packed_payload& packed, const json& options,
              const own_options& own) {
  if (!task.empty()) out.value("task", json(task));
  if (!packed.value_json.empty()) out.raw("payload", packed.value_json);
  out.begin("options");
  add_options(out, options, own);
  if (!packed.value_json.empty()) out.count("payloadSize", packed.size);
  out.text("payloadType", packed.type).end();
}

}  // namespace

result<created_batch> read_created_batch(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto id = required_text(*body, "id");
  if (!id) return id.error();
  const auto count = required_count(*body, "runCount");
  if (!count) return count.error();
  return created_batch{.id = std::move(*id), .run_count = *count, .cached = flag_member(*body, "isCached", false)};
}

operation<created_batch> create_batch(std::uint64_t run_count, const std::vector<std::string>& tasks,
                                      std::string_view key) {
  json body = batch_body(run_count, tasks);
  put_member(body, "idempotencyKey", key);
  return {make_json_call("batches.create", {}, body), read_created_batch};
}

result<operation<created_batch>> create_batch(const batch_draft& what) {
  if (what.run_count == 0 || what.run_count > limits::batch_items)
    return bad_argument("batch", "has not 1 to " + std::to_string(limits::batch_items) + " items");
  if (what.resume_parent && what.parent_run.empty())
    return bad_argument("resume_parent", "stands without a parent run");
  for (const auto& checked : {check_name_if_any("idempotency key", what.key.text, limits::idempotency_key),
                              check_name_if_any("parent_run", what.parent_run)})
    if (!checked) return checked.error();
  for (const auto& task : what.tasks)
    if (const auto checked = check_name("task", task); !checked) return checked.error();
  json body = batch_body(what.run_count, what.tasks);
  put_member(body, "idempotencyKey", what.key.text);
  if (!what.key.words.empty())
    body["idempotencyKeyOptions"] = {{"key", what.key.words}, {"scope", name(what.key.scope)}};
  put_member(body, "parentRunId", what.parent_run);
  if (what.resume_parent) body["resumeParentOnCompletion"] = true;
  return operation<created_batch>{make_json_call("batches.create", {}, body), read_created_batch};
}

std::string batch_item(std::string_view task, const nlohmann::json* payload, const nlohmann::json& options) {
  json_members out;
  add_item(out, task, pack_or_nothing(payload), options, {});
  return out.take();
}

std::string batch_line(std::uint64_t index, std::string_view task, const packed_payload& payload,
                       const nlohmann::json& options, const own_options& own) {
  json_members out(payload.value_json.size() + room_for_options);
  out.count("index", index);
  add_item(out, task, payload, options, own);
  return out.take() += '\n';
}

std::string batch_line(std::uint64_t index, std::string_view task, const nlohmann::json* payload,
                       const nlohmann::json& options, const own_options& own) {
  return batch_line(index, task, pack_or_nothing(payload), options, own);
}

operation<streamed_items> stream_items(std::string_view batch, std::shared_ptr<const std::string> lines) {
  call what = make_call("batches.items", {batch}, std::move(lines));
  what.content_type = "application/x-ndjson";
  what.chunked = true;
  return {std::move(what), read_streamed};
}

operation<batch_view> retrieve_batch(std::string_view batch) {
  return {make_call("batches.retrieve", {batch}), read_batch};
}

}  // namespace triggerd::api
