// One seed, from start to verdict.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace triggerd::sim {

struct verdict {
  std::vector<std::string> broken;  // invariants that did not hold; empty: all did
  std::string trace;                // a line for everything that happened
  std::uint64_t crashes = 0, fires = 0, requests = 0, unknown = 0;
  std::uint64_t repeated = 0, repeated_told = 0;  // after failures that nobody saw
};

// Deterministic: equal seeds give equal traces, byte by byte.
verdict play(std::uint64_t seed);

}  // namespace triggerd::sim
