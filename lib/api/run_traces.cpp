#include "api/run_traces.hpp"

#include "api/address.hpp"
#include "api/paging.hpp"
#include "api/rows.hpp"

namespace triggerd::api {

namespace {

using nlohmann::json;

constexpr std::uint32_t spans_per_page = 500;  // without a size the server answers with the whole trace

// What events, spans and their records all say of themselves.
template <class T>
void read_flags(const json& of, T& into) {
  into.error = flag_member(of, "isError", false);
  into.partial = flag_member(of, "isPartial", false);
  into.cancelled = flag_member(of, "isCancelled", false);
}

result<run_event> event_of(const json& one) {
  run_event event;
  const auto named = required_texts(one, {{"spanId", &event.span}});
  if (!named) return named.error();
  optional_texts(one, {{"parentId", &event.parent},
                       {"runId", &event.run},
                       {"message", &event.message},
                       {"kind", &event.kind},
                       {"level", &event.level}});
  const auto values = optional_values(one, {{"style", &event.style}, {"events", &event.events}});
  if (!values) return values.error();
  event.start_ns = integer_member(one, "startTime").value_or(0);
  event.duration_ns = integer_member(one, "duration").value_or(0);
  event.attempt = integer_member(one, "attemptNumber").value_or(0);
  read_flags(one, event);
  return event;
}

result<std::vector<run_event>> read_events(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  return rows_member(*body, "events", event_of);
}

// `data` is the span itself in a page, and a member of it in a tree.
result<run_span> trace_span_of(const json& one, const json& data) {
  run_span span;
  const auto named = required_texts(one, {{"id", &span.id}});
  if (!named) return named.error();
  optional_texts(one, {{"parentId", &span.parent}, {"runId", &span.run}});
  optional_texts(data, {{"message", &span.message}, {"level", &span.level}, {"taskSlug", &span.task}});
  optional_instants(data, {{"startTime", &span.start}});
  const auto values = optional_values(data, {{"events", &span.events}});
  if (!values) return values.error();
  span.duration = number_member(data, "duration").value_or(0);
  span.attempt = integer_member(data, "attemptNumber").value_or(0);
  read_flags(data, span);
  return span;
}

// A stack of our own: the tree is as deep as the server likes.
result<std::vector<run_span>> spans_below(const json& root) {
  std::vector<run_span> spans;
  std::vector<std::pair<const json*, std::size_t>> open{{&root, 0}};
  while (!open.empty()) {
    const auto [one, depth] = open.back();
    open.pop_back();
    const auto* data = object_member(*one, "data");
    if (data == nullptr) return missing_member("data");
    auto span = trace_span_of(*one, *data);
    if (!span) return span.error();
    span->depth = depth;
    spans.push_back(std::move(*span));
    if (const auto* children = array_member(*one, "children"))
      for (auto child = children->rbegin(); child != children->rend(); ++child) open.emplace_back(&*child, depth + 1);
  }
  return spans;
}

result<run_trace> read_trace(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  const auto* trace = object_member(*body, "trace");
  if (trace == nullptr) return missing_member("trace");
  auto id = required_text(*trace, "traceId");
  if (!id) return id.error();
  const auto* root = object_member(*trace, "rootSpan");
  if (root == nullptr) return missing_member("rootSpan");
  auto spans = spans_below(*root);
  if (!spans) return spans.error();
  return run_trace{.id = std::move(*id), .spans = std::move(*spans)};
}

result<run_span> flat_span_of(const json& one) { return trace_span_of(one, one); }

result<attempt_failure> attempt_failure_of(const json& one) {
  attempt_failure failure;
  const auto named = required_texts(one, {{"spanId", &failure.span}});
  if (!named) return named.error();
  optional_texts(one, {{"runId", &failure.run}});
  failure.attempt = integer_member(one, "attemptNumber").value_or(0);
  return failure;
}

result<run_trace_page> read_trace_page(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto spans = rows_member(*body, "data", flat_span_of);
  if (!spans) return spans.error();
  run_trace_page page{.spans = std::move(*spans), .failures = {}, .next = next_cursor(*body), .truncated = false};
  if (const auto* list = array_member(*body, "attemptFailures")) {
    auto failures = rows_of(*list, attempt_failure_of);
    if (!failures) return failures.error();
    page.failures = std::move(*failures);
  }
  if (const auto* pagination = object_member(*body, "pagination"))
    page.truncated = flag_member(*pagination, "truncated", false);
  return page;
}

result<span_record> span_record_of(const json& one) {
  span_record record;
  const auto named = required_texts(one, {{"spanId", &record.id}});
  if (!named) return named.error();
  optional_texts(one, {{"parentId", &record.parent},
                       {"runId", &record.run},
                       {"message", &record.message},
                       {"level", &record.level},
                       {"entityType", &record.entity_type}});
  optional_instants(one, {{"startTime", &record.start}});
  const auto values = optional_values(
      one, {{"properties", &record.properties}, {"events", &record.events}, {"triggeredRuns", &record.triggered_runs}});
  if (!values) return values.error();
  record.duration_ms = number_member(one, "durationMs").value_or(0);
  read_flags(one, record);
  return record;
}

result<span_record> read_span_record(const transport::response& reply) { return whole_of(reply, span_record_of); }

}  // namespace

operation<std::vector<run_event>> retrieve_run_events(std::string_view run) {
  return {make_call("runs.events", {run}), read_events};
}

operation<run_trace> retrieve_run_trace(std::string_view run) { return {make_call("runs.trace", {run}), read_trace}; }

operation<run_trace_page> list_run_spans(std::string_view run, std::uint32_t page_size, std::string_view after) {
  query text;
  text.add_number("page[size]", page_size > 0 ? page_size : spans_per_page).add("page[after]", after);
  return {make_call("runs.trace", {run}, text.text()), read_trace_page};
}

operation<span_record> retrieve_run_span(std::string_view run, std::string_view span) {
  return {make_call("runs.span", {run, span}), read_span_record};
}

}  // namespace triggerd::api
