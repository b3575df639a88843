#include "sandbox/handlers.hpp"
#include "sandbox/run_access.hpp"
#include "sandbox/run_trace.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>

namespace triggerd::sandbox::handlers {

namespace {

constexpr std::size_t spans_per_page = 100, most_spans = 1'000;

json span_flags(const span& one) {
  return {{"isError", one.error}, {"isPartial", one.partial}, {"isCancelled", one.cancelled}, {"level", one.level}};
}

json span_data(const span& one) {
  json out = span_flags(one);
  out["message"] = one.message;
  out["startTime"] = text::iso(one.start);
  out["duration"] = one.duration;
  return out;
}

json trace_node(const span& one, const std::string& run_id) {
  json data = span_data(one);
  data["events"] = json::array();
  json out = {{"id", one.id}, {"runId", run_id}, {"data", std::move(data)}, {"children", json::array()}};
  if (!one.parent.empty()) out["parentId"] = one.parent;
  return out;
}

reply whole_trace(const state& in, const run& of) {
  const std::string run_id = in.runs.id_of(of.number);
  const auto spans = trace_of(in, of);
  json root = trace_node(spans.front(), run_id);
  for (std::size_t i = 1; i < spans.size(); ++i) root["children"].push_back(trace_node(spans[i], run_id));
  return answer(200,
                {{"trace", {{"traceId", trace_id(in, of)}, {"rootSpan", std::move(root)}, {"isTruncated", false}}}});
}

std::size_t number_of(const target& from, std::string_view name, std::size_t otherwise) {
  const std::string_view text = from.value(name).value_or("");
  std::size_t out = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// The form of newer servers, asked for by a page. A cursor is how many spans went before.
reply trace_page(const state& in, const run& of, const target& from) {
  const std::string run_id = in.runs.id_of(of.number);
  const auto spans = trace_of(in, of);
  const std::size_t size = std::clamp<std::size_t>(number_of(from, "page[size]", spans_per_page), 1, most_spans);
  const std::size_t start = std::min(number_of(from, "page[after]", 0), spans.size());
  const std::size_t end = std::min(spans.size(), start + size);
  json rows = json::array(), failures = json::array(), pages = json::object();
  for (std::size_t i = start; i < end; ++i) {
    json& row = rows.emplace_back(span_data(spans[i]));
    row["id"] = spans[i].id;
    row["runId"] = run_id;
    if (!spans[i].parent.empty()) row["parentId"] = spans[i].parent;
  }
  if (of.status == run_status::failed)
    failures.push_back({{"spanId", spans.front().id}, {"attemptNumber", 1}, {"runId", run_id}});
  if (end < spans.size()) pages["next"] = std::to_string(end);
  return answer(
      200, {{"data", std::move(rows)}, {"attemptFailures", std::move(failures)}, {"pagination", std::move(pages)}});
}

json event_of(const span& one, const std::string& run_id) {
  json out = span_flags(one);
  out["spanId"] = one.id;
  out["parentId"] = one.parent.empty() ? json(nullptr) : json(one.parent);
  out["runId"] = run_id;
  out["message"] = one.message;
  out["style"] = {{"icon", one.parent.empty() ? "task" : "trigger"}};
  out["events"] = json::array();
  out["startTime"] = std::to_string(one.start.time_since_epoch().count()) + "000000";  // ns
  out["duration"] = one.duration;
  out["kind"] = one.parent.empty() ? "SERVER" : "INTERNAL";
  out["attemptNumber"] = nullptr;
  return out;
}

}  // namespace

reply run_events(state& in, const call& from) {
  auto found = readable_run(in, from);
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  const run& of = *std::get<run*>(found);
  json events = json::array();
  for (const span& one : trace_of(in, of)) events.push_back(event_of(one, in.runs.id_of(of.number)));
  return answer(200, {{"events", std::move(events)}});
}

reply run_trace(state& in, const call& from) {
  auto found = readable_run(in, from);
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  const run& of = *std::get<run*>(found);
  const bool paged = from.where.value("page[size]") || from.where.value("page[after]");
  return paged ? trace_page(in, of, from.where) : whole_trace(in, of);
}

reply run_span(state& in, const call& from) {
  auto found = readable_run(in, from);
  if (auto* refusal = std::get_if<reply>(&found)) return std::move(*refusal);
  const run& of = *std::get<run*>(found);
  const auto spans = trace_of(in, of);
  const auto at = std::find_if(spans.begin(), spans.end(), [&](const span& s) { return s.id == from.arguments[1]; });
  if (at == spans.end()) return refuse(404, "Span not found");
  json out = span_flags(*at);
  out["spanId"] = at->id;
  out["parentId"] = at->parent.empty() ? json(nullptr) : json(at->parent);
  out["runId"] = in.runs.id_of(of.number);
  out["message"] = at->message;
  out["startTime"] = text::iso(at->start);
  out["durationMs"] = static_cast<double>(at->duration) / 1e6;
  return answer(200, out);
}

}  // namespace triggerd::sandbox::handlers
