// One run to trigger, made into an action: the whole body stands before anything is sent.
#pragma once

#include "job/kind.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace triggerd::job {

struct run_order {
  std::string_view task;
  const nlohmann::json* payload = nullptr;  // null: none
  const nlohmann::json* options = nullptr;  // as jobs write them, rendered
  std::string_view key;                     // as api::trigger_options takes it
  bool look = false;                        // see trigger_memo
};

// Action `number` of the leg. Refuses (api.bad-argument) what the server would refuse or swallow.
result<planned_action> order_run(const leg_view& leg, std::uint64_t number, const run_order& what);

}  // namespace triggerd::job
