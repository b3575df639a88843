#include "api/bulk_actions.hpp"

#include "api/address.hpp"
#include "api/json_fields.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::api {

namespace {

using nlohmann::json;

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
  view.name = text_member(action, "name").value_or(std::string());
  view.created = instant_member(action, "createdAt");
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
  if (const auto* pagination = object_member(*body, "pagination"))
    page.next = text_member(*pagination, "next").value_or(std::string());
  return page;
}

}  // namespace

operation<bulk_created> create_bulk_action(bulk_kind kind, const std::vector<std::string>& runs,
                                           std::string_view name) {
  json body{{"action", kind == bulk_kind::replay ? "replay" : "cancel"}, {"runIds", runs}};
  if (!name.empty()) body["name"] = name;
  return {make_call("bulk.create", {}, std::make_shared<const std::string>(json_text(body))), read_created_bulk};
}

operation<bulk_view> retrieve_bulk_action(std::string_view id) { return {make_call("bulk.retrieve", {id}), read_view}; }

operation<bulk_page> list_bulk_actions(std::size_t page_size, std::string_view after) {
  query text;
  text.add("page[size]", std::to_string(page_size)).add("page[after]", after);
  return {make_call("bulk.list", {}, text.text()), read_bulk_page};
}

}  // namespace triggerd::api
