// Making a run of what a caller asked for: the rules that a single trigger and a batch item share.
#pragma once

#include "sandbox/state.hpp"
#include "sandbox/trigger_options.hpp"

#include <variant>

namespace triggerd::sandbox {

struct asked_run {
  live_environment* where = nullptr;
  std::string task;
  const json* payload = nullptr;
  trigger_options options;
  std::uint64_t batch = 0;           // 0: a single trigger
  std::optional<std::size_t> index;  // in its batch
  const run* replay_of = nullptr;    // what is not said is as it was there
};

struct made_run {
  std::uint64_t number = 0;
  bool cached = false;
};

struct refused_run {
  int status = 422;
  std::string text;
  std::string code;
};

std::variant<made_run, refused_run> make_run(state& in, asked_run asked);

// A new run of the same input; never of the idempotency key, delay or lifetime. An empty region is the original's.
std::uint64_t replay_run(state& in, const run& original, std::uint64_t bulk, const std::string& region = {});

}  // namespace triggerd::sandbox
