// What happened inside a run: events, the trace and its spans (contract API.md 13.8). Read replicas lag: a young run may
// be api.not-found for a moment.
#pragma once

#include "api/operation.hpp"
#include "base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

// Messages are the server's and the task's own words, unescaped. Values the API does not fix are JSON text; empty: none.
struct run_event {
  std::string span, parent, run;
  std::string message, kind, level;  // level: "TRACE", "INFO", "ERROR", ...
  std::string style, events;         // JSON text
  std::int64_t start_ns = 0;         // since 1970
  std::int64_t duration_ns = 0;
  std::int64_t attempt = 0;  // 0: not told
  bool error = false, partial = false, cancelled = false;
};
operation<std::vector<run_event>> retrieve_run_events(std::string_view run);

struct run_span {
  std::string id, parent, run;
  std::string message, level, task;
  std::string events;  // JSON text
  std::optional<instant> start;
  double duration = 0;       // nanoseconds
  std::int64_t attempt = 0;  // 0: not told
  std::size_t depth = 0;     // below the root of the trace; 0 in pages, which are flat
  bool error = false, partial = false, cancelled = false;
};
struct run_trace {
  std::string id;
  std::vector<run_span> spans;  // the root first, each before what is below it
};
operation<run_trace> retrieve_run_trace(std::string_view run);

struct attempt_failure {
  std::string span, run;
  std::int64_t attempt = 0;
};
struct run_trace_page {
  std::vector<run_span> spans;
  std::vector<attempt_failure> failures;
  std::string next;
  bool truncated = false;  // the server keeps more than it shows
};
// Only newer servers have pages; others answer with the whole trace, which is api.unreadable here. 0: 500.
operation<run_trace_page> list_run_spans(std::string_view run, std::uint32_t page_size, std::string_view after = {});

struct span_record {
  std::string id, parent, run;
  std::string message, level, entity_type;
  std::optional<instant> start;
  double duration_ms = 0;
  bool error = false, partial = false, cancelled = false;
  std::string properties, events, triggered_runs;  // JSON text
};
operation<span_record> retrieve_run_span(std::string_view run, std::string_view span);

}  // namespace triggerd::api
