// What a run leaves in the server's trace: one span for itself, and one for each step of its life.
#pragma once

#include "sandbox/state.hpp"

namespace triggerd::sandbox {

struct span {
  std::string id;      // 16 hex digits
  std::string parent;  // empty: the root
  std::string message;
  std::string_view level;  // "TRACE" or "DEBUG"
  instant start{};
  std::int64_t duration = 0;  // ns
  bool error = false, partial = false, cancelled = false;
};

// The root first, then in order of time.
std::vector<span> trace_of(const state& in, const run& of);
std::string trace_id(const state& in, const run& of);  // 32 hex digits

}  // namespace triggerd::sandbox
