#include "api/queues.hpp"

#include "api/arguments.hpp"
#include "api/rows.hpp"
#include "base/limits.hpp"

namespace triggerd::api {

namespace {

using nlohmann::json;

std::optional<std::uint64_t> limit_member(const json& of, std::string_view name) {
  const auto number = required_count(of, name);
  return number ? std::optional(*number) : std::nullopt;
}

result<queue_view> queue_of(const json& queue) {
  queue_view view;
  const auto named = required_texts(queue, {{"id", &view.id}, {"name", &view.name}, {"type", &view.type}});
  if (!named) return named.error();
  const auto running = required_count(queue, "running");
  if (!running) return running.error();
  const auto queued = required_count(queue, "queued");
  if (!queued) return queued.error();
  const auto paused = required_flag(queue, "paused");
  if (!paused) return paused.error();
  view.running = *running;
  view.queued = *queued;
  view.paused = *paused;
  view.limit = limit_member(queue, "concurrencyLimit");
  view.override_percent = number_member(queue, "concurrencyLimitOverridePercent");
  optional_texts(queue, {{"version", &view.version}});
  if (const auto* concurrency = object_member(queue, "concurrency")) {
    view.base_limit = limit_member(*concurrency, "base");
    view.override_limit = limit_member(*concurrency, "override");
    optional_instants(*concurrency, {{"overriddenAt", &view.overridden}});
    optional_texts(*concurrency, {{"overriddenBy", &view.overridden_by}});
  }
  return view;
}

result<queue_view> read_queue(const transport::response& reply) { return whole_of(reply, queue_of); }

result<queue_page> read_queue_page(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto rows = rows_member(*body, "data", queue_of);
  if (!rows) return rows.error();
  const auto numbers = page_numbers_of(*body);
  if (!numbers) return numbers.error();
  return queue_page{*numbers, std::move(*rows)};
}

// The server decodes a path twice: "a/b" travels as "a%252Fb" (contract API.md 2).
std::string path_name(std::string_view name) {
  std::string once;
  for (const char c : name) {
    if (c == '/') once += "%2F";
    else once += c;
  }
  return once;
}

result<operation<queue_view>> queue_call(std::string_view endpoint, const queue_reference& queue, json body) {
  if (const auto checked = check_name("queue", queue.name); !checked) return checked.error();
  body["type"] = name(queue.type);
  return operation<queue_view>{make_json_call(endpoint, {path_name(queue.name)}, body), read_queue};
}

}  // namespace

std::string_view name(queue_reference::form type) {
  switch (type) {
    case queue_reference::form::id: return "id";
    case queue_reference::form::task: return "task";
    case queue_reference::form::custom: return "custom";
  }
  return {};
}

std::string filter_text(const queue_reference& queue) {
  return queue.type == queue_reference::form::task ? "task/" + queue.name : queue.name;
}

operation<queue_page> list_queues(const page_request& which) {
  return {make_call("queues.list", {}, page_query(which).text()), read_queue_page};
}

result<operation<queue_view>> retrieve_queue(const queue_reference& queue) {
  if (const auto checked = check_name("queue", queue.name); !checked) return checked.error();
  query text;
  text.add("type", name(queue.type));
  return operation<queue_view>{make_call("queues.retrieve", {path_name(queue.name)}, text.text()), read_queue};
}

result<operation<queue_view>> pause_queue(const queue_reference& queue) {
  return queue_call("queues.pause", queue, {{"action", "pause"}});
}

result<operation<queue_view>> resume_queue(const queue_reference& queue) {
  return queue_call("queues.resume", queue, {{"action", "resume"}});
}

result<operation<queue_view>> override_queue_limit(const queue_reference& queue, std::uint32_t limit) {
  if (limit > limits::concurrency_limit) return bad_argument("limit", "is more than the 100000 that the server takes");
  return queue_call("queues.overrideConcurrencyLimit", queue, {{"concurrencyLimit", limit}});
}

result<operation<queue_view>> override_queue_percent(const queue_reference& queue, double percent) {
  if (!(percent > 0 && percent <= 100)) return bad_argument("percent", "is not more than 0 and at most 100");
  return queue_call("queues.overrideConcurrencyLimit", queue, {{"percent", percent}});
}

result<operation<queue_view>> reset_queue_limit(const queue_reference& queue) {
  return queue_call("queues.resetConcurrencyLimit", queue, json::object());
}

}  // namespace triggerd::api
