// What a target's requests came to: counters, and how long recent replies took. Pure.
#pragma once

#include "base/boxed.hpp"
#include "base/clock.hpp"
#include "target/target.hpp"

#include <optional>
#include <string>
#include <vector>

namespace triggerd::target {

class tally {
 public:
  void add(const client::exchange& done);
  void count_retry() { ++retries_; }
  totals_view view() const;

 private:
  std::uint64_t requests_ = 0, retries_ = 0, failures_ = 0;
  std::vector<std::chrono::microseconds> times_;  // a ring of limits::reply_times
  std::size_t oldest_ = 0;
};

void add_to(usage& used, const client::exchange& done);

// Requests in a row that brought no reply.
class silence {
 public:
  void add(const client::exchange& done, instant now);
  bool broken() const { return in_a_row_ > 0; }
  instant since() const { return since_; }
  std::string text() const;  // "no reply to the last 3 requests: ..."

 private:
  std::uint64_t in_a_row_ = 0;
  instant since_{};
  boxed<error> last_;  // seldom there, and every target has one of these
};

}  // namespace triggerd::target
