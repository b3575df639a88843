// Waiting for what was started, by asking again and again. For many runs at once, watch them in groups instead.
#pragma once

#include "api/batches.hpp"
#include "api/bulk_actions.hpp"
#include "api/runs.hpp"
#include "client/retrying_client.hpp"

#include <string>

namespace triggerd::client {

inline constexpr milliseconds usual_interval{1'000};  // between two looks, as the official client has it

// Until the run has ended, which its status tells (contract API.md 13.1). Ends with the failure of a look that could not
// be had; base.cancelled when the handle was stopped. There is no deadline: stop the handle.
task<api::answer<api::run_view>> wait_for_run(retrying_client by, std::string run,
                                              milliseconds interval = usual_interval);
// Until every run of the batch has ended, well or not.
task<api::answer<api::batch_view>> wait_for_batch(retrying_client by, std::string batch,
                                                  milliseconds interval = usual_interval);
task<api::answer<api::bulk_view>> wait_for_bulk_action(retrying_client by, std::string id,
                                                       milliseconds interval = usual_interval);

}  // namespace triggerd::client
