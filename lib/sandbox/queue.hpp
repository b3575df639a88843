// A queue of an environment: what waits and runs in it, and what holds it back.
#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

namespace triggerd::sandbox {

struct queue {
  std::size_t running = 0;
  std::size_t queued = 0;
  bool paused = false;
  std::optional<std::int64_t> limit;  // runs at once; absent: any number
  std::optional<std::int64_t> base;   // `limit` before it was overridden
  std::optional<instant> overridden;  // since when
  std::optional<double> percent;      // an override by a share of the environment's limit
  std::deque<std::uint64_t> held;     // runs that the queue or its environment keeps from starting, oldest first

  bool full() const { return limit && static_cast<std::int64_t>(running) >= *limit; }
};

// By stored name: "task/hello" is a task's own.
using queue_map = std::map<std::string, queue, std::less<>>;

}  // namespace triggerd::sandbox
