#include "job/pacing.hpp"

#include <algorithm>

namespace triggerd::job {

std::chrono::nanoseconds pacer::wait(steady_time now) const {
  if (!rate_) return {};
  return std::max(free_at_ - now, std::chrono::nanoseconds(0));
}

void pacer::took(std::uint64_t items, steady_time now) {
  if (!rate_ || rate_->count == 0) return;
  const double seconds = static_cast<double>(items) / rate_->per_second();
  const auto lasts = std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
  free_at_ = std::max(free_at_, now) + lasts;
}

}  // namespace triggerd::job
