// Waitpoint tokens: something waits until somebody completes them or their time is over (contract API.md 20).
#pragma once

#include "sandbox/places.hpp"

#include <deque>

namespace triggerd::sandbox {

struct waitpoint {
  std::uint64_t number = 0;
  live_environment* where = nullptr;
  std::vector<std::string> tags;
  std::string key;  // idempotency key as sent; empty: none
  instant created{};
  std::optional<instant> key_expires, times_out, completed;
  std::optional<std::string> output;
  std::string output_type;

  // "WAITING", "COMPLETED" or "TIMED_OUT".
  std::string_view status(instant now) const;
};

class waitpoint_store {
 public:
  explicit waitpoint_store(std::uint64_t seed) : seed_(seed) {}

  waitpoint& create(live_environment& where, waitpoint asked);
  // The one that holds the key; nullptr when there is none or its time is over.
  waitpoint* held(const live_environment& where, const std::string& key, instant now);
  waitpoint* find(std::string_view id);
  waitpoint& at(std::uint64_t number) { return waitpoints_[number - 1]; }
  const std::vector<std::uint64_t>& of(const live_environment& where) { return by_place_[&where]; }  // oldest first
  std::string id_of(const waitpoint& one) const;
  std::string callback_hash(const waitpoint& one) const;
  std::size_t size() const { return waitpoints_.size(); }

 private:
  std::uint64_t seed_;
  std::deque<waitpoint> waitpoints_;
  std::map<const live_environment*, std::vector<std::uint64_t>> by_place_;
  std::map<std::pair<const live_environment*, std::string>, std::uint64_t> keys_;
};

constexpr std::string_view waitpoint_prefix = "waitpoint_";

}  // namespace triggerd::sandbox
