// Runs by the tag of their action: how a run is found whose answer nobody saw.
#pragma once

#include "api/runs.hpp"
#include "job/kind.hpp"

#include <string>
#include <vector>

namespace triggerd::job {

// The action's own runs and every replay of them, which inherits the tag; newest first. The list lags.
task<api::answer<std::vector<api::run_view>>> runs_with_tag(std::string tag, target::access by);

// Which of them is the action's now; nullptr: there is none. The newest under its key, for a run that failed has freed
// it, and replays have another. A server that shows no keys leaves the oldest that has not failed, or the oldest.
const api::run_view* run_of_action(const std::vector<api::run_view>& tagged, const std::string& key);

// The note on an action whose first run failed before anybody knew of it.
std::string repeated_after(const api::run_view& failed);

}  // namespace triggerd::job
