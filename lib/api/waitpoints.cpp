#include "api/waitpoints.hpp"

#include "api/address.hpp"
#include "api/paging.hpp"
#include "api/public_token.hpp"
#include "api/rows.hpp"
#include "base/limits.hpp"

namespace triggerd::api {

namespace {

using nlohmann::json;

result<waitpoint_created> read_created_waitpoint(const transport::response& reply) {
  auto body = parse_body(reply);
  if (!body) return body.error();
  auto id = required_text(*body, "id");
  if (!id) return id.error();
  auto url = required_secret(*body, "url");
  if (!url) return url.error();
  return waitpoint_created{.id = std::move(*id),
                           .cached = flag_member(*body, "isCached", false),
                           .callback_url = std::move(*url),
                           .public_token = public_token_of(reply)};
}

result<waitpoint_view> waitpoint_of(json& waitpoint) {
  waitpoint_view view;
  const auto named = required_texts(waitpoint, {{"id", &view.id}, {"status", &view.status}});
  if (!named) return named.error();
  view.callback_url = optional_secret(waitpoint, "url");
  view.tags = texts_member(waitpoint, "tags");
  view.output_is_error = flag_member(waitpoint, "outputIsError", false);
  optional_texts(waitpoint,
                 {{"idempotencyKey", &view.key}, {"output", &view.output}, {"outputType", &view.output_type}});
  optional_instants(waitpoint, {{"createdAt", &view.created},
                                {"completedAt", &view.completed},
                                {"completedAfter", &view.timeout},
                                {"timeoutAt", &view.timeout},
                                {"idempotencyKeyExpiresAt", &view.key_expires}});
  return view;
}

result<waitpoint_view> read_waitpoint(const transport::response& reply) {
  auto body = parse_body(reply);
  if (!body) return body.error();
  return waitpoint_of(*body);
}

result<waitpoint_page> read_waitpoint_page(const transport::response& reply) {
  auto body = parse_body(reply);
  if (!body) return body.error();
  if (array_member(*body, "data") == nullptr) return missing_member("data");
  waitpoint_page page;
  for (auto& row : (*body)["data"]) {
    auto view = waitpoint_of(row);
    if (!view) return view.error();
    page.waitpoints.push_back(std::move(*view));
  }
  page.next = next_cursor(*body);
  return page;
}

result<json> waitpoint_body(const waitpoint_draft& what) {
  if (const auto checked = check_tags(what.tags); !checked) return checked.error();
  const auto keyed = check_name_if_any("idempotency key", what.key, limits::idempotency_key);
  if (!keyed) return keyed.error();
  if (what.key_ttl && what.key.empty()) return bad_argument("key_ttl", "stands without a key");
  json body = json::object();
  put_member(body, "tags", what.tags);
  put_member(body, "idempotencyKey", what.key);
  if (what.key_ttl) {
    auto span = span_text("key_ttl", *what.key_ttl);
    if (!span) return span.error();
    body["idempotencyKeyTTL"] = std::move(*span);
  }
  if (what.timeout) {
    auto at = moment_text("timeout", *what.timeout);
    if (!at) return at.error();
    body["timeout"] = std::move(*at);
  }
  return body;
}

}  // namespace

result<operation<waitpoint_created>> create_waitpoint(const waitpoint_draft& what) {
  const auto body = waitpoint_body(what);
  if (!body) return body.error();
  call made = make_json_call("waitpoints.create", {}, *body);
  made.keyed = !what.key.empty();
  made.secret_reply = true;
  return operation<waitpoint_created>{std::move(made), read_created_waitpoint};
}

operation<waitpoint_view> retrieve_waitpoint(std::string_view waitpoint) {
  call made = make_call("waitpoints.retrieve", {waitpoint});
  made.server_fault_is_final = true;
  made.secret_reply = true;
  return {std::move(made), read_waitpoint};
}

operation<waitpoint_page> list_waitpoints(const waitpoint_filter& which) {
  query text;
  text.add_list("filter[status]", which.status)
      .add("filter[idempotencyKey]", which.key)
      .add_list("filter[tags]", which.tags)
      .add("filter[createdAt][period]", which.period)
      .add_instant("filter[createdAt][from]", which.from)
      .add_instant("filter[createdAt][to]", which.to)
      .add_number("page[size]", which.page_size)
      .add("page[after]", which.after)
      .add("page[before]", which.before);
  call made = make_call("waitpoints.list", {}, text.text());
  made.secret_reply = true;
  return {std::move(made), read_waitpoint_page};
}

result<operation<nothing>> complete_waitpoint(std::string_view waitpoint, std::optional<std::string_view> data) {
  json body = json::object();
  if (data) {
    auto value = json_argument("data", *data);
    if (!value) return value.error();
    body["data"] = std::move(*value);
  }
  call made = make_json_call("waitpoints.complete", {waitpoint}, body);
  if (made.body->size() > limits::waitpoint_data)
    return bad_argument("data", "is larger than the 3145728 bytes that the server takes");
  return operation<nothing>{std::move(made), read_nothing};
}

}  // namespace triggerd::api
