// What the origin has seen, to be held against the ledger of those who sent it.
#pragma once

#include "bench/origin/endpoint.hpp"
#include "bench/origin/hashes.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace origin {

struct tallies {
  std::array<std::uint64_t, counted_endpoints> requests{};
  hash_set keys;   // unique idempotency keys, each with its task and environment
  hash_set pairs;  // unique pairs of token and branch
  std::uint64_t repeated_keys = 0;
  std::uint64_t items = 0;
  std::uint64_t throttled = 0;  // answered 429
  std::uint64_t unanswered = 0;
  std::uint64_t connections = 0;
  std::uint64_t open_connections = 0;
  std::uint64_t bytes_in = 0;  // within TLS
  std::uint64_t bytes_out = 0;

  std::string json() const;
  void reset();
};

}  // namespace origin
