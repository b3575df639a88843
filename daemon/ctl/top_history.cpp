#include "ctl/top_history.hpp"

#include <algorithm>

namespace triggerd::ctl {

namespace {

constexpr auto smoothed = std::chrono::seconds(5);
constexpr std::size_t most_samples = 600;

double between(std::int64_t before, std::int64_t after, steady_time from, steady_time to) {
  const double passed = std::chrono::duration<double>(to - from).count();
  return passed > 0 && after > before ? static_cast<double>(after - before) / passed : 0;
}

}  // namespace

void top_history::see(const json& target, steady_time at) {
  sample now;
  now.at = at;
  now.requests = number_in(target, "requests");
  now.p99_ms = float_in(target, "p99_ms").value_or(0);
  // A counter that fell belongs to another life of the daemon.
  if (!samples_.empty() && now.requests < samples_.back().requests) samples_.clear();
  if (!samples_.empty()) now.rate = between(samples_.back().requests, now.requests, samples_.back().at, at);
  samples_.push_back(now);
  while (samples_.size() > most_samples || at - samples_.front().at > kept) samples_.pop_front();
}

double top_history::per_second() const {
  if (samples_.empty()) return 0;
  const sample& last = samples_.back();
  const auto first = std::find_if(samples_.begin(), samples_.end(),
                                  [&last](const sample& one) { return last.at - one.at <= smoothed; });
  return between(first->requests, last.requests, first->at, last.at);
}

std::vector<double> top_history::rates(std::size_t parts) const { return highest(parts, &sample::rate); }

std::vector<double> top_history::latencies(std::size_t parts) const { return highest(parts, &sample::p99_ms); }

// Parts begin at whole multiples of their length, so that a sample stays in its part while time goes on.
std::vector<double> top_history::highest(std::size_t parts, double sample::*what) const {
  std::vector<double> out(parts, 0);
  if (parts == 0 || samples_.empty()) return out;
  const auto length = std::chrono::nanoseconds(kept) / static_cast<std::int64_t>(parts);
  const auto newest = samples_.back().at.time_since_epoch() / length;
  for (const sample& one : samples_) {
    const auto ago = static_cast<std::size_t>(newest - one.at.time_since_epoch() / length);
    if (ago < parts) out[parts - 1 - ago] = std::max(out[parts - 1 - ago], one.*what);
  }
  return out;
}

}  // namespace triggerd::ctl
