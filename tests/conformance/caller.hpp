// Our client, set up as the recorded one was.
#pragma once

#include "client/client.hpp"
#include "conformance/javascript.hpp"

#include <string>

namespace triggerd::conformance {

struct caller {
  client::client by;
  std::string deployment;  // externalDeploymentId of the client's configuration; empty: none
};

// The parts every client needs.
struct surroundings {
  std::shared_ptr<transport::transport> wire;
  const clock& time;
  random_source& random;
};

// The client that a step of a recording speaks with: which of those in `call` it is `on`, and what its scopes change.
// An error when ours cannot be set up like it.
result<caller> caller_of(const json& call, const json& step, const surroundings& around);

// The additional headers of that client.
json additional_headers(const json& call, const json& step);

}  // namespace triggerd::conformance
