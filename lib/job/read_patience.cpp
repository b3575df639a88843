#include "job/read_patience.hpp"

#include "api/retry.hpp"
#include "base/limits.hpp"

namespace triggerd::job {

result<plan_wait> read_patience::after(const api::failure& why) {
  if (why.what.code == triggerd::codes::cancelled || ++waits_ > limits::plan_read_waits) return why.what;
  const bool throttled = why.kind == api::failure_kind::throttled;
  if (!throttled) ++failures_;
  spec::retry_spec policy = policy_;
  if (throttled)
    policy.attempts = limits::plan_read_waits;  // a budget comes back; only the bound above ends the waiting
  const auto wait = api::next_attempt(policy, std::max(failures_, 1), why, random_);
  if (!wait) return why.what;
  return plan_wait{*wait, why.what};
}

}  // namespace triggerd::job
