// Our client, set up as the recorded one was.
#pragma once

#include "client/retrying_client.hpp"
#include "conformance/javascript.hpp"

#include <string>

namespace triggerd::conformance {

struct caller {
  client::retrying_client by;
  std::string deployment;  // externalDeploymentId of the client's configuration; empty: none
  bool iterates = false;   // the pages of its list are followed
};

// The parts every client needs.
struct surroundings {
  std::shared_ptr<transport::transport> wire;
  const clock& time;
  timers& queue;
  random_source& random;
};

// The client that a step of a recording speaks with: which of those in `call` it is `on`, what its scopes change, and
// what it may have from the task around it. An error when ours cannot be set up like it.
result<caller> caller_of(const json& call, const json& step, const surroundings& around);

// The additional headers of that client.
json additional_headers(const json& call, const json& step);

// "retry" of request options; nothing set for anything else.
client::retry_settings retries_of(const json& options);

}  // namespace triggerd::conformance
