// Parsed certificate authorities. A store is read-only trust data, not state of a target: sharing the system's among all
// targets keeps them isolated and saves about a MiB and 27 ms for each.
#pragma once

#include "base/result.hpp"

#include <memory>
#include <string>

struct x509_store_st;

namespace triggerd::transport {

using trust_store = std::shared_ptr<x509_store_st>;

// Fails with transport.unusable when nothing can be read, with transport.busy when nothing can be opened now.
result<trust_store> load_system_trust();
result<trust_store> load_trust(const std::string& pem_file);

}  // namespace triggerd::transport
