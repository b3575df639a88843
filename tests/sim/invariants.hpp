// What must hold when a seed has come to rest, from the ledger's rows and the model's effects.
#pragma once

#include "job/engine.hpp"
#include "sandbox/model.hpp"
#include "store/memory_ledger.hpp"

#include <string>
#include <vector>

namespace triggerd::sim {

struct evidence {
  std::vector<store::fire_row> fires;
  std::vector<store::leg_row> legs;
  std::vector<store::action_row> actions;
  const sandbox::effect_log& effects;
  std::string everything_written;  // rows, log and events of every process
};

std::vector<std::string> broken_invariants(const evidence& seen);

}  // namespace triggerd::sim
