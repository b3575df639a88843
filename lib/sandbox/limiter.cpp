#include "sandbox/limiter.hpp"

#include <algorithm>

namespace triggerd::sandbox {

namespace {

// Credentials nobody knows have buckets too: forget them all rather than keep every guess.
constexpr std::size_t most_levels = 65'536;

}  // namespace

allowance limiter::request(meter of, const std::string& subject, instant now) {
  if (of == meter::none) return {};
  const bool api = of == meter::api;
  return take(api ? limits_.api : limits_.management, (api ? "a:" : "m:") + subject, 1, now);
}

allowance limiter::batch(const std::string& environment, std::int64_t items, instant now) {
  return take(limits_.batch, "b:" + environment, items, now);
}

allowance limiter::token_request(const std::string& token, instant now) {
  if (limits_.tokens_per_minute == 0) return {};
  if (levels_.size() > most_levels) levels_.clear();
  const instant window = std::chrono::floor<std::chrono::minutes>(now);
  level& at = levels_.try_emplace("j:" + token, level{limits_.tokens_per_minute, window}).first->second;
  if (at.refilled != window) at = {limits_.tokens_per_minute, window};
  const bool allowed = at.tokens > 0;
  if (allowed) --at.tokens;
  return {allowed, limits_.tokens_per_minute, at.tokens, window + std::chrono::minutes(1)};
}

allowance limiter::take(const bucket& from, std::string name, std::int64_t cost, instant now) {
  if (from.size == 0) return {};
  if (levels_.size() > most_levels) levels_.clear();
  level& at = levels_.try_emplace(std::move(name), level{from.size, now}).first->second;
  const std::int64_t refills = (now - at.refilled) / from.every;
  if (refills > 0) {
    at.tokens = std::min(from.size, at.tokens + refills * from.refill);
    at.refilled += refills * from.every;
  }
  const instant reset = at.refilled + from.every;
  if (at.tokens == 0) return {false, from.size, 0, reset};
  at.tokens -= cost;
  return {at.tokens >= 0, from.size, std::max<std::int64_t>(0, at.tokens), reset};
}

}  // namespace triggerd::sandbox
