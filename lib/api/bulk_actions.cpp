#include "api/bulk_actions.hpp"

#include "api/address.hpp"
#include "api/arguments.hpp"
#include "api/json_fields.hpp"
#include "api/paging.hpp"
#include "base/limits.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::api {

namespace {

using nlohmann::json;

std::string_view wire_name(bulk_kind kind) { return kind == bulk_kind::replay ? "replay" : "cancel"; }

result<bulk_created> read_created_bulk(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto id = required_text(*body, "id");
  if (!id) return id.error();
  return bulk_created{std::move(*id)};
}

result<bulk_view> view_of(const json& action) {
  bulk_view view;
  auto id = required_text(action, "id");
  if (!id) return id.error();
  auto status = required_text(action, "status");
  if (!status) return status.error();
  const auto* counts = object_member(action, "counts");
  if (counts == nullptr) return missing_member("counts");
  view.id = std::move(*id);
  view.status = std::move(*status);
  optional_texts(action, {{"name", &view.name}, {"type", &view.type}});
  optional_instants(action, {{"createdAt", &view.created}, {"completedAt", &view.completed}});
  for (const auto& [name, into] :
       {std::pair("total", &view.total), std::pair("success", &view.success), std::pair("failure", &view.failure)}) {
    const auto count = required_count(*counts, name);
    if (!count) return count.error();
    *into = *count;
  }
  return view;
}

result<bulk_view> read_view(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  return view_of(*body);
}

result<bulk_page> read_bulk_page(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  const auto* rows = array_member(*body, "data");
  if (rows == nullptr) return missing_member("data");
  bulk_page page;
  for (const auto& row : *rows) {
    auto view = view_of(row);
    if (!view) return view.error();
    page.actions.push_back(std::move(*view));
  }
  page.next = next_cursor(*body);
  return page;
}

result<nothing> read_aborted(const transport::response& reply) {
  const auto id = read_created_bulk(reply);
  if (!id) return id.error();
  return nothing{};
}

// Lists of runs filter by "task/NAME" or "NAME"; here the two stand apart.
json wire_queue(std::string_view written) {
  constexpr std::string_view of_task = "task/";
  if (!written.starts_with(of_task)) return {{"type", "custom"}, {"name", written}};
  return {{"type", "task"}, {"name", written.substr(of_task.size())}};
}

result<json> wire_filter(const run_filter& which) {
  if (!which.error.empty()) return bad_argument("filter", "names a group of errors, which bulk actions do not know");
  json filter = json::object();
  put_member(filter, "status", which.status);
  put_member(filter, "taskIdentifier", which.task);
  put_member(filter, "version", which.version);
  put_member(filter, "from", which.from);
  put_member(filter, "to", which.to);
  put_member(filter, "period", which.period);
  put_member(filter, "bulkAction", which.bulk_action);
  put_member(filter, "tag", which.tag);
  put_member(filter, "schedule", which.schedule);
  if (which.test) filter["isTest"] = *which.test;
  put_member(filter, "batch", which.batch);
  for (const auto& queue : which.queue) filter["queue"].push_back(wire_queue(queue));
  put_member(filter, "machine", which.machine);
  put_member(filter, "region", which.region);
  if (filter.empty()) return bad_argument("filter", "is empty: it would take every run");
  return filter;
}

result<json> bulk_body(const bulk_request& what) {
  if (what.runs.empty() != what.which.has_value())
    return bad_argument("bulk action", "takes either a list of runs or a filter");
  if (what.runs.size() > limits::bulk_run_ids)
    return bad_argument("runs", "are more than " + std::to_string(limits::bulk_run_ids));
  for (const auto& run : what.runs)
    if (const auto checked = check_name("run", run); !checked) return checked.error();
  for (const auto& checked : {check_name_if_any("name", what.name, limits::bulk_name),
                              check_name_if_any("target_region", what.target_region)})
    if (!checked) return checked.error();
  if (what.kind == bulk_kind::cancel && !what.target_region.empty())
    return bad_argument("target_region", "stands beside a cancel, which has none");
  json body{{"action", wire_name(what.kind)}};
  put_member(body, "runIds", what.runs);
  put_member(body, "name", what.name);
  put_member(body, "targetRegion", what.target_region);
  if (what.which) {
    auto filter = wire_filter(*what.which);
    if (!filter) return filter.error();
    body["filter"] = std::move(*filter);
  }
  return body;
}

}  // namespace

operation<bulk_created> create_bulk_action(bulk_kind kind, const std::vector<std::string>& runs,
                                           std::string_view name) {
  json body{{"action", wire_name(kind)}, {"runIds", runs}};
  put_member(body, "name", name);
  return {make_json_call("bulk.create", {}, body), read_created_bulk};
}

result<operation<bulk_created>> create_bulk_action(const bulk_request& what) {
  const auto body = bulk_body(what);
  if (!body) return body.error();
  return operation<bulk_created>{make_json_call("bulk.create", {}, *body), read_created_bulk};
}

operation<nothing> abort_bulk_action(std::string_view id) { return {make_call("bulk.abort", {id}), read_aborted}; }

operation<bulk_view> retrieve_bulk_action(std::string_view id) { return {make_call("bulk.retrieve", {id}), read_view}; }

operation<bulk_page> list_bulk_actions(std::size_t page_size, std::string_view after) {
  query text;
  text.add("page[size]", std::to_string(page_size)).add("page[after]", after);
  return {make_call("bulk.list", {}, text.text()), read_bulk_page};
}

}  // namespace triggerd::api
