// One run to trigger, made into an action: the whole body stands before anything is sent.
#pragma once

#include "job/kind.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string_view>

namespace triggerd::job {

// How many tags order_run() adds to the job's own: the one that finds the run again.
inline constexpr std::size_t run_tags = 1;

struct run_order {
  std::string_view task;
  const nlohmann::json* payload = nullptr;  // null: none
  const nlohmann::json* options = nullptr;  // of api::trigger_options, with room for run_tags
  std::string_view key;                     // as api::keyed_options takes it
  std::string_view tag;                     // of tag_of_leg(), which is the same for all its runs
  bool look = false;                        // see trigger_memo
};

// Action `number` of the leg. Refuses (api.bad-argument) what the server would refuse or swallow.
result<planned_action> order_run(const leg_view& leg, std::uint64_t number, const run_order& what);

}  // namespace triggerd::job
