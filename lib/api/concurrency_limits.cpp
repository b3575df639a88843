#include "api/concurrency_limits.hpp"

#include "api/arguments.hpp"
#include "api/rows.hpp"
#include "base/limits.hpp"

namespace triggerd::api {

namespace {

using nlohmann::json;

concurrency_bound bound_member(const json& of, std::string_view name) {
  concurrency_bound bound;
  const auto* object = object_member(of, name);
  if (object == nullptr) return bound;
  for (const auto& [member, into] : {std::pair("current", &bound.current), std::pair("base", &bound.base),
                                     std::pair("override", &bound.override_with)})
    if (const auto number = required_count(*object, member)) *into = *number;
  optional_instants(*object, {{"overriddenAt", &bound.overridden}, {"expiresAt", &bound.expires}});
  return bound;
}

result<concurrency_limit_view> concurrency_limit_of(const json& limit) {
  concurrency_limit_view view;
  const auto named = required_texts(limit, {{"id", &view.id}, {"name", &view.name}});
  if (!named) return named.error();
  const auto running = required_count(limit, "running");
  if (!running) return running.error();
  const auto queued = required_count(limit, "queued");
  if (!queued) return queued.error();
  const auto paused = required_flag(limit, "paused");
  if (!paused) return paused.error();
  view.running = *running;
  view.queued = *queued;
  view.paused = *paused;
  view.per_key = bound_member(limit, "perKey");
  view.total = bound_member(limit, "total");
  return view;
}

result<concurrency_key_view> concurrency_key_of(const json& limit) {
  concurrency_key_view view;
  const auto named = required_texts(limit, {{"name", &view.name}, {"concurrencyKey", &view.key}});
  if (!named) return named.error();
  const auto running = required_count(limit, "running");
  if (!running) return running.error();
  const auto paused = required_flag(limit, "paused");
  if (!paused) return paused.error();
  view.running = *running;
  view.paused = *paused;
  view.per_key = bound_member(limit, "perKey");
  return view;
}

result<concurrency_limit_view> read_concurrency_limit(const transport::response& reply) {
  return whole_of(reply, concurrency_limit_of);
}

result<concurrency_key_view> read_concurrency_key(const transport::response& reply) {
  return whole_of(reply, concurrency_key_of);
}

result<concurrency_limit_page> read_concurrency_limits(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto rows = rows_member(*body, "data", concurrency_limit_of);
  if (!rows) return rows.error();
  const auto numbers = page_numbers_of(*body);
  if (!numbers) return numbers.error();
  return concurrency_limit_page{*numbers, std::move(*rows)};
}

result<void> check_bound(std::string_view what, std::optional<std::uint32_t> bound) {
  if (!bound || *bound <= limits::concurrency_limit) return {};
  return bad_argument(what, "is more than the 100000 that the server takes");
}

result<operation<concurrency_limit_view>> change_limit(std::string_view endpoint, std::string_view name,
                                                       const json& body) {
  if (const auto checked = check_name("concurrency limit", name); !checked) return checked.error();
  return operation<concurrency_limit_view>{make_json_call(endpoint, {name}, body), read_concurrency_limit};
}

result<operation<concurrency_key_view>> change_key(std::string_view endpoint, std::string_view name,
                                                   std::string_view key, json body) {
  for (const auto& checked : {check_name("concurrency limit", name), check_name("concurrency key", key)})
    if (!checked) return checked.error();
  body["concurrencyKey"] = key;
  return operation<concurrency_key_view>{make_json_call(endpoint, {name}, body), read_concurrency_key};
}

}  // namespace

operation<concurrency_limit_page> list_concurrency_limits(const page_request& which) {
  return {make_call("concurrencyLimits.list", {}, page_query(which).text()), read_concurrency_limits};
}

result<operation<concurrency_limit_view>> retrieve_concurrency_limit(std::string_view name) {
  if (const auto checked = check_name("concurrency limit", name); !checked) return checked.error();
  return operation<concurrency_limit_view>{make_call("concurrencyLimits.retrieve", {name}), read_concurrency_limit};
}

result<operation<concurrency_key_view>> retrieve_concurrency_key(std::string_view name, std::string_view key) {
  for (const auto& checked : {check_name("concurrency limit", name), check_name("concurrency key", key)})
    if (!checked) return checked.error();
  query text;
  text.add("concurrencyKey", key);
  return operation<concurrency_key_view>{make_call("concurrencyLimits.retrieve", {name}, text.text()),
                                         read_concurrency_key};
}

result<operation<concurrency_limit_view>> override_concurrency_limit(std::string_view name,
                                                                     std::optional<std::uint32_t> total,
                                                                     std::optional<std::uint32_t> per_key) {
  if (!total && !per_key) return bad_argument("override", "names neither a total nor a limit per key");
  for (const auto& checked : {check_bound("total", total), check_bound("per_key", per_key)})
    if (!checked) return checked.error();
  json body = json::object();
  put_member(body, "total", total);
  put_member(body, "perKey", per_key);
  return change_limit("concurrencyLimits.override", name, body);
}

result<operation<concurrency_key_view>> override_concurrency_key(std::string_view name, std::string_view key,
                                                                 std::uint32_t per_key,
                                                                 std::optional<milliseconds> ttl) {
  if (const auto checked = check_bound("per_key", per_key); !checked) return checked.error();
  json body{{"perKey", per_key}};
  if (ttl) {
    if (*ttl > limits::concurrency_override) return bad_argument("ttl", "is more than the 30 days the server takes");
    auto span = span_text("ttl", *ttl);
    if (!span) return span.error();
    body["ttl"] = std::move(*span);
  }
  return change_key("concurrencyLimits.override", name, key, std::move(body));
}

result<operation<concurrency_limit_view>> pause_concurrency_limit(std::string_view name) {
  return change_limit("concurrencyLimits.pause", name, {{"action", "pause"}});
}

result<operation<concurrency_limit_view>> resume_concurrency_limit(std::string_view name) {
  return change_limit("concurrencyLimits.resume", name, {{"action", "resume"}});
}

result<operation<concurrency_limit_view>> reset_concurrency_limit(std::string_view name) {
  return change_limit("concurrencyLimits.reset", name, json::object());
}

result<operation<concurrency_key_view>> reset_concurrency_key(std::string_view name, std::string_view key) {
  return change_key("concurrencyLimits.reset", name, key, json::object());
}

}  // namespace triggerd::api
