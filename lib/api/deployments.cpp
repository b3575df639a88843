#include "api/deployments.hpp"

#include "api/arguments.hpp"
#include "api/paging.hpp"
#include "api/rows.hpp"
#include "base/text.hpp"

namespace triggerd::api {

namespace {

using nlohmann::json;

result<deployment_view> deployment_of(const json& deployment) {
  deployment_view view;
  const auto named =
      required_texts(deployment, {{"id", &view.id}, {"version", &view.version}, {"status", &view.status}});
  if (!named) return named.error();
  optional_texts(deployment, {{"shortCode", &view.short_code},
                              {"runtime", &view.runtime},
                              {"runtimeVersion", &view.runtime_version},
                              {"externalId", &view.external_id},
                              {"contentHash", &view.content_hash},
                              {"imageReference", &view.image},
                              {"canceledReason", &view.canceled_reason}});
  optional_instants(deployment, {{"createdAt", &view.created}, {"deployedAt", &view.deployed}});
  const auto values = optional_values(
      deployment, {{"git", &view.git}, {"errorData", &view.error}, {"error", &view.error}, {"worker", &view.worker}});
  if (!values) return values.error();
  return view;
}

result<deployment_view> read_deployment(const transport::response& reply) { return whole_of(reply, deployment_of); }

result<deployment_page> read_deployment_page(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto rows = rows_member(*body, "data", deployment_of);
  if (!rows) return rows.error();
  return deployment_page{.deployments = std::move(*rows), .next = next_cursor(*body)};
}

result<promoted_deployment> read_promoted(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  promoted_deployment promoted;
  const auto named = required_texts(*body, {{"id", &promoted.id}, {"version", &promoted.version}});
  if (!named) return named.error();
  optional_texts(*body, {{"shortCode", &promoted.short_code}});
  return promoted;
}

std::string iso_or_nothing(const std::optional<instant>& at) { return at ? text::iso(*at) : std::string(); }

}  // namespace

operation<deployment_page> list_deployments(const deployment_filter& which) {
  query text;
  text.add("status", which.status)
      .add("period", which.period)
      .add("from", iso_or_nothing(which.from))
      .add("to", iso_or_nothing(which.to))
      .add_number("page[size]", which.page_size)
      .add("page[after]", which.after);
  return {make_call("deployments.list", {}, text.text()), read_deployment_page};
}

operation<deployment_view> current_deployment() { return {make_call("deployments.current", {}), read_deployment}; }

operation<deployment_view> latest_deployment() { return {make_call("deployments.latest", {}), read_deployment}; }

operation<deployment_view> retrieve_deployment(std::string_view deployment) {
  return {make_call("deployments.retrieve", {deployment}), read_deployment};
}

operation<promoted_deployment> promote_deployment(std::string_view version, bool allow_rollbacks) {
  query text;
  if (allow_rollbacks) text.add("allowRollbacks", "true");
  return {make_call("deployments.promote", {version}, text.text()), read_promoted};
}

result<operation<nothing>> cancel_deployment(std::string_view deployment, std::string_view reason) {
  if (const auto checked = check_name_if_any("reason", reason); !checked) return checked.error();
  json body = json::object();
  put_member(body, "reason", reason);
  return operation<nothing>{make_json_call("deployments.cancel", {deployment}, body), read_nothing};
}

}  // namespace triggerd::api
