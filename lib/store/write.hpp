// One queued write, as a value: what travels from the loop to the writer's thread.
#pragma once

#include "store/ledger.hpp"

#include <variant>

namespace triggerd::store {

struct forget_memory {
  std::string space;
  std::string name;
};

struct setting_row {
  std::string name;
  std::string value;
};

using write = std::variant<fire_row, leg_row, action_row, action_change, memory_row, forget_memory, setting_row>;

}  // namespace triggerd::store
