// What all targets of one registry share: the way out, the buckets, the pauses, and the switch that ends everything.
#pragma once

#include "target/buckets.hpp"
#include "target/gate.hpp"
#include "target/registry.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace triggerd::target {

class member;

struct common {
  explicit common(registry_world of);

  registry_world world;
  buckets pools;
  gate door;
  cancellation closing;
  task_group proofs;
  std::map<std::string, pause_note> pauses;                // by target
  std::map<std::string, std::shared_ptr<member>> targets;  // by name: those of the configuration
  std::set<std::string> exchanging;                        // credentials that may fetch an environment's own key
  std::map<std::string, std::shared_ptr<const client::credential>> keys;
  std::size_t performing = 0;  // calls that are not back yet
  condition quiet;             // notified when there are none

  moment now() const { return {world.clock.steady(), world.clock.now()}; }
};

// An exchange that never began.
client::exchange unsent(error why);

}  // namespace triggerd::target
