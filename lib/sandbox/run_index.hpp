// Where the runs of one environment are found. Numbers rise with the time of creation, so every list is in that order.
#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace triggerd::sandbox {

using run_numbers = std::vector<std::uint64_t>;

struct held_key {
  std::uint64_t run = 0;
  instant expires{};
};

struct run_index {
  run_numbers all;
  std::unordered_map<std::string, run_numbers> by_tag;
  std::unordered_map<std::string, run_numbers> by_task;
  std::unordered_map<std::uint64_t, run_numbers> by_batch;
  std::unordered_map<std::uint64_t, run_numbers> by_bulk;
  std::unordered_map<std::string, held_key> keys;            // task, NUL, idempotency key
  std::unordered_map<std::string, std::uint64_t> debounced;  // task, NUL, debounce key
};

}  // namespace triggerd::sandbox
