// Payloads and outputs by way of the object store: two requests where the library needs the bytes themselves.
#pragma once

#include "api/packets.hpp"
#include "api/payload.hpp"
#include "client/retrying_client.hpp"

#include <string>

namespace triggerd::client {

// A payload of the store's size is uploaded, and what comes back names it; any other comes back as it is.
task<api::answer<api::packed_payload>> offload(retrying_client by, api::packed_payload payload);

struct packet {
  std::string content_type;  // "application/super+json", "application/json", "text/plain"
  std::string bytes;         // at most limits::response_body
};
// From an address that the server signed: of a packet, or of a run's payload or output. It is good for 300 s.
task<api::answer<packet>> download(retrying_client by, api::presigned from);
// The payload or output of a run that was moved to the store. `storage_path`: as the run has it, for older servers.
task<api::answer<packet>> fetch_run_packet(retrying_client by, std::string run, api::packet_field field,
                                           std::string storage_path);

}  // namespace triggerd::client
