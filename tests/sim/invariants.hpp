// What must hold when a seed has come to rest, from the ledger's rows and the model's effects.
#pragma once

#include "job/engine.hpp"
#include "sandbox/model.hpp"
#include "store/memory_ledger.hpp"

#include <string>
#include <vector>

namespace triggerd::sim {

// A time in which a job's schedule held without a break, and no clock was set.
struct scheduled_time {
  std::string job;
  instant from, until;
};

struct evidence {
  std::vector<store::fire_row> fires;
  std::vector<store::leg_row> legs;
  std::vector<store::action_row> actions;
  const sandbox::effect_log& effects;
  std::string everything_written;           // rows, log and events of every process
  std::vector<std::string> promised;        // fires whose ids somebody was given
  std::vector<scheduled_time> scheduled;    // every instant of these has its fire
  bool one_environment_in_trouble = false;  // bad_neighbour alone, and nothing else happened
};

// Actions with a second run after a first one that failed unseen. One that the server's list did not show in time, or
// that nobody could be asked about, is not told: that is counted, not held against the seed.
struct repetitions {
  std::size_t all = 0, told = 0;
};
repetitions repeated_after_failure(const evidence& seen);

std::vector<std::string> broken_invariants(const evidence& seen);

}  // namespace triggerd::sim
