// Two clocks, injected everywhere: the wall for instants people see, the steady one for waiting and measuring.
#pragma once

#include <chrono>

namespace triggerd {

using milliseconds = std::chrono::milliseconds;
using seconds = std::chrono::seconds;

// An instant of the wall clock, UTC, to the millisecond.
using instant = std::chrono::sys_time<milliseconds>;

// A point of a clock that never jumps; its origin has no meaning.
struct steady_origin {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<steady_origin>;
  static constexpr bool is_steady = true;
};
using steady_time = steady_origin::time_point;

class clock {
 public:
  virtual ~clock() = default;
  virtual instant now() const = 0;
  virtual steady_time steady() const = 0;
};

// The machine's clocks.
class machine_clock final : public clock {
 public:
  instant now() const override;
  steady_time steady() const override;
};

}  // namespace triggerd
