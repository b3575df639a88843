// The line that lives while a fire runs: how far, how fast, how long still.
#pragma once

#include "ctl/reading.hpp"
#include "ctl/screen.hpp"

#include <deque>
#include <optional>

namespace triggerd::ctl {

class progress {
 public:
  // Of all legs together.
  struct totals {
    std::int64_t settled = 0, actions = 0, failed = 0, unknown = 0, items = 0;
    std::size_t legs = 0, legs_ended = 0;
    bool planned = false;  // every leg
  };

  // One FireSummary, and when it came.
  void see(const json& fire, steady_time at);
  std::string line(const screen& on) const;

  const totals& reached() const { return now_; }
  std::string settled_of() const;            // "412/1,000", "412/1,000+" while the plan grows
  double per_second() const;                 // settled actions over the last half minute; 0 when nobody can say
  std::optional<milliseconds> left() const;  // only when every target is planned and something moves

 private:
  struct sample {
    steady_time at;
    std::int64_t settled;
  };
  std::deque<sample> samples_;
  std::string job_;
  totals now_;
};

}  // namespace triggerd::ctl
