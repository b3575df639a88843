// How often a read that planning needs is repeated: the planner says how long to wait, the engine waits. Pure.
#pragma once

#include "api/failure.hpp"
#include "base/random.hpp"
#include "job/kind.hpp"

namespace triggerd::job {

class read_patience {
 public:
  read_patience(const spec::retry_spec& policy, random_source& random) : policy_(policy), random_(random) {}

  // The wait before the read is tried again, or the failure as the error that ends the plan.
  result<plan_wait> after(const api::failure& why);
  void succeeded() { failures_ = waits_ = 0; }

 private:
  spec::retry_spec policy_;
  random_source& random_;
  int failures_ = 0;  // in a row, those that count
  int waits_ = 0;     // in a row, of all
};

}  // namespace triggerd::job
