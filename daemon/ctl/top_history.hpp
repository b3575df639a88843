// The last minute of one target: what its counters became, so that rates can be told.
#pragma once

#include "base/clock.hpp"
#include "ctl/reading.hpp"

#include <deque>
#include <vector>

namespace triggerd::ctl {

class top_history {
 public:
  static constexpr auto kept = std::chrono::seconds(60);

  // One TargetStatus, and when it came.
  void see(const json& target, steady_time at);

  double per_second() const;  // requests, over the last few seconds; 0 when nobody can say

  // The last minute in so many parts, the newest last; what nobody saw is 0.
  std::vector<double> rates(std::size_t parts) const;
  std::vector<double> latencies(std::size_t parts) const;  // p99 in ms

 private:
  struct sample {
    steady_time at;
    std::int64_t requests = 0;
    double rate = 0;  // since the sample before
    double p99_ms = 0;
  };
  std::vector<double> highest(std::size_t parts, double sample::*what) const;
  std::deque<sample> samples_;
};

}  // namespace triggerd::ctl
