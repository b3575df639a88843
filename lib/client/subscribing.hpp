// Runs as they change, told by the server (contract API.md 15): one long poll after the other.
#pragma once

#include "api/realtime.hpp"
#include "client/retrying_client.hpp"

#include <functional>

namespace triggerd::client {

// Called on the loop; false: enough. It must not call the client.
using run_reader = std::function<bool(const api::realtime_run&)>;

// Ends when a single run has ended, when the reader has enough, with base.cancelled when the handle was stopped, and with
// the server's refusal (401, 403, 404 and the like). It goes on over broken connections, limits and faults of the server,
// and starts anew when the server has forgotten what it told.
task<api::answer<api::nothing>> subscribe(retrying_client by, api::run_subscription what, run_reader tell);

}  // namespace triggerd::client
