// One run in full, with the payload and output that the server moved to the object store.
#pragma once

#include "api/run_details.hpp"
#include "client/retrying_client.hpp"

#include <string>

namespace triggerd::client {

// As api::retrieve_run_record(), but what is only an address there is downloaded and stands in `payload` and `output` as
// JSON text; superjson is read as api::read_superjson() does. A download that fails fails the whole call, as it does in
// the official client (api.object-store).
task<api::answer<api::run_record>> retrieve_whole_run(retrying_client by, std::string run);

}  // namespace triggerd::client
