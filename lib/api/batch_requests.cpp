#include "api/batch_requests.hpp"

#include "api/arguments.hpp"
#include "api/rows.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace triggerd::api {

namespace {

using nlohmann::json;

result<requested_run> requested_run_of(const json& one) {
  requested_run run;
  const auto named = required_texts(one, {{"id", &run.id}});
  if (!named) return named.error();
  optional_texts(one, {{"taskIdentifier", &run.task}, {"idempotencyKey", &run.key}});
  run.cached = flag_member(one, "isCached", false);
  return run;
}

result<requested_batch> read_requested(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto id = required_text(*body, "id");
  if (!id) return id.error();
  auto runs = rows_member(*body, "runs", requested_run_of);
  if (!runs) return runs.error();
  return requested_batch{
      .id = std::move(*id), .cached = flag_member(*body, "isCached", false), .runs = std::move(*runs)};
}

result<requested_batch> read_requested_ids(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto id = required_text(*body, "batchId");
  if (!id) return id.error();
  if (array_member(*body, "runs") == nullptr) return missing_member("runs");
  requested_batch batch{.id = std::move(*id), .cached = false, .runs = {}};
  for (auto& run : texts_member(*body, "runs"))
    batch.runs.push_back({.id = std::move(run), .task = {}, .key = {}, .cached = false});
  return batch;
}

result<std::shared_ptr<const std::string>> request_body(const batch_request& what, std::size_t most_items,
                                                        std::size_t most_bytes) {
  if (what.items.empty() || what.items.size() > most_items)
    return bad_argument("batch", "has not 1 to " + std::to_string(most_items) + " items");
  if (what.resume_parent && what.parent_run.empty())
    return bad_argument("resume_parent", "stands without a parent run");
  const auto checked = check_name_if_any("parent_run", what.parent_run);
  if (!checked) return checked.error();
  std::string body = R"({"items":[)" + text::join(what.items, ",") + ']';
  if (!what.parent_run.empty()) body += R"(,"parentRunId":)" + json_text(what.parent_run);
  if (what.resume_parent) body += R"(,"resumeParentOnCompletion":true)";
  body += '}';
  if (body.size() > most_bytes)
    return bad_argument("batch", "is larger than the " + std::to_string(most_bytes) + " bytes that the server takes");
  return std::make_shared<const std::string>(std::move(body));
}

call request_call(std::string_view endpoint, std::initializer_list<std::string_view> parts,
                  std::shared_ptr<const std::string> body, bool keyed) {
  call what = make_call(endpoint, parts, std::move(body));
  what.keyed = keyed;
  return what;
}

}  // namespace

result<operation<created_batch>> request_batch(const batch_request& what) {
  auto body = request_body(what, limits::batch_items_v2, limits::batch_body_v2);
  if (!body) return body.error();
  return operation<created_batch>{request_call("tasks.batchV2", {}, std::move(*body), what.keyed), read_created_batch};
}

result<operation<requested_batch>> request_batch_v1(const batch_request& what) {
  auto body = request_body(what, limits::batch_items_v2, limits::batch_body_v2);
  if (!body) return body.error();
  return operation<requested_batch>{request_call("tasks.batchV1", {}, std::move(*body), what.keyed), read_requested};
}

result<operation<requested_batch>> request_task_batch(std::string_view task, const batch_request& what) {
  if (const auto checked = check_name("task", task); !checked) return checked.error();
  if (!what.parent_run.empty()) return bad_argument("parent_run", "is not taken by this form of a batch");
  auto body = request_body(what, limits::batch_items_v1, limits::batch_body_v1);
  if (!body) return body.error();
  return operation<requested_batch>{request_call("tasks.batchOne", {task}, std::move(*body), what.keyed),
                                    read_requested_ids};
}

}  // namespace triggerd::api
