// How fast a leg may go on, and how much of it may be open at once. Pure.
#pragma once

#include "base/clock.hpp"
#include "spec/units.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace triggerd::job {

// Spaces actions out so that their items keep to a rate. No credit is saved while nothing is sent.
class pacer {
 public:
  explicit pacer(std::optional<spec::rate> items) : rate_(items) {}
  // Zero: go, and call took(). Else how long to wait.
  std::chrono::nanoseconds wait(steady_time now) const;
  void took(std::uint64_t items, steady_time now);

 private:
  std::optional<spec::rate> rate_;
  steady_time free_at_{};
};

// Counts what is open under a name, for all legs that share it.
class shared_count {
 public:
  std::uint32_t of(const std::string& name) const {
    const auto found = counts_.find(name);
    return found == counts_.end() ? 0 : found->second;
  }
  void add(const std::string& name) { ++counts_[name]; }
  void remove(const std::string& name) {
    const auto found = counts_.find(name);
    if (found != counts_.end() && --found->second == 0) counts_.erase(found);
  }

 private:
  std::map<std::string, std::uint32_t> counts_;
};

}  // namespace triggerd::job
