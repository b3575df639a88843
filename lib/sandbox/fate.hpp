// What becomes of a run that is left alone.
#pragma once

#include "sandbox/run.hpp"
#include "sandbox/world.hpp"

#include <cstdint>
#include <unordered_map>

namespace triggerd::sandbox {

class fates {
 public:
  explicit fates(std::uint64_t seed) : seed_(seed) {}

  // `task` is null for one that the deployment does not know. `mark` tells equal runs from others: the idempotency key,
  // else the payload. The n-th equal run draws again.
  fate draw(std::string_view environment, const known_task* task, const run_input& input, std::string_view mark,
            bool replay);

 private:
  std::uint64_t seed_;
  std::unordered_map<std::uint64_t, std::uint32_t> drawn_;
};

}  // namespace triggerd::sandbox
