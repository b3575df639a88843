// The line that lives while a fire runs: how far, how fast, how long still.
#pragma once

#include "ctl/reading.hpp"
#include "ctl/screen.hpp"

#include <deque>
#include <optional>

namespace triggerd::ctl {

class progress {
 public:
  // One FireSummary, and when it came.
  void see(const json& fire, steady_time at);
  std::string line(const screen& on) const;

  double per_second() const;                 // settled actions over the last half minute; 0 when nobody can say
  std::optional<milliseconds> left() const;  // only when every target is planned and something moves

 private:
  struct sample {
    steady_time at;
    std::int64_t settled;
  };
  std::deque<sample> samples_;
  std::string job_;
  std::int64_t settled_ = 0, actions_ = 0, failed_ = 0, unknown_ = 0, items_ = 0;
  std::size_t legs_ = 0, legs_ended_ = 0;
  bool planned_ = false;
};

}  // namespace triggerd::ctl
