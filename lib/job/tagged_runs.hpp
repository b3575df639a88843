// Runs by the tag of their action: how a run is found whose answer nobody saw.
#pragma once

#include "api/runs.hpp"
#include "job/kind.hpp"

#include <string>
#include <vector>

namespace triggerd::job {

// The action's own runs and every replay of them, which inherits the tag; newest first. The list lags.
task<api::answer<std::vector<api::run_view>>> runs_with_tag(std::string tag, target::access by);

// The note on an action whose first run failed before anybody knew of it.
std::string repeated_after(const api::run_view& failed);

}  // namespace triggerd::job
