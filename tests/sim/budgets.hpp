// What arrives at an environment, held to the limits of its targets: a bucket of our own beside the one under test.
#pragma once

#include "base/clock.hpp"
#include "sandbox/model.hpp"
#include "spec/target_spec.hpp"

#include <map>
#include <set>
#include <string>

namespace triggerd::sim {

class budgets {
 public:
  // A new process knows nothing of what the last one sent.
  void begin_life() { spent_.clear(); }
  // `environment`: sandbox::place::path. Branches draw from their environment's budget.
  void arrived(const std::string& environment, const sandbox::request& asked, steady_time now);
  const std::set<std::string>& exceeded() const { return exceeded_; }

 private:
  struct bucket {
    double level = 0;  // what is gone of the burst
    steady_time at{};
  };
  void take(const std::string& name, double cost, const std::optional<spec::rate>& rate, double burst, steady_time now);

  std::map<std::string, bucket> spent_;
  std::set<std::string> exceeded_;
};

}  // namespace triggerd::sim
