#include "sandbox/run_trace.hpp"

#include "sandbox/dice.hpp"

#include <cstdio>

namespace triggerd::sandbox {

namespace {

constexpr std::int64_t step_duration = 100;  // ns, as the server notes an instant
constexpr std::int64_t ns_per_ms = 1'000'000;

std::string hex_of(std::uint64_t value) {
  char out[17];
  std::snprintf(out, sizeof out, "%016llx", static_cast<unsigned long long>(value));
  return out;
}

std::string span_id(const state& in, const run& of, std::size_t nth) {
  return hex_of(mix(mix(mix(in.seed, "span"), of.number), nth));
}

std::string_view step_message(run_status to) {
  switch (to) {
    case run_status::delayed: return "[engine] DELAYED - Run is delayed";
    case run_status::queued: return "[engine] QUEUED - Run was QUEUED";
    case run_status::pending_version: return "[engine] RUN_CREATED - Run is waiting for a version";
    case run_status::executing: return "[engine] EXECUTING - Attempt created, starting execution";
    default: return "[engine] FINISHED - Run was finished";
  }
}

}  // namespace

std::vector<span> trace_of(const state& in, const run& of) {
  span root;
  root.id = span_id(in, of, 0);
  root.message = of.input->task;
  root.level = "TRACE";
  root.start = of.created;
  const instant end = is_final(of.status) ? of.history.back().at : in.now;
  root.duration = std::chrono::floor<milliseconds>(end - of.created).count() * ns_per_ms;
  root.partial = !is_final(of.status);
  root.cancelled = of.status == run_status::canceled;
  root.error = is_final(of.status) && of.status != run_status::completed && !root.cancelled;
  std::vector<span> out = {root};
  for (const transition& step : of.history) {
    span& one = out.emplace_back();
    one.id = span_id(in, of, out.size());
    one.parent = root.id;
    one.message = step_message(step.to);
    one.level = "DEBUG";
    one.start = step.at;
    one.duration = step_duration;
  }
  return out;
}

std::string trace_id(const state& in, const run& of) {
  const std::uint64_t first = mix(mix(in.seed, "trace"), of.number);
  return hex_of(first) + hex_of(mix(first, 1));
}

}  // namespace triggerd::sandbox
