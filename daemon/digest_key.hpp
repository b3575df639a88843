// This installation's own key: digests of secret values are made with it, so that a ledger alone does not let anybody
// guess short values.
#pragma once

#include "base/random.hpp"
#include "base/result.hpp"

#include <string>

namespace triggerd {

// 32 bytes from STATE_DIR/digest.key, made once with mode 0600. A file of another size is an error: with another key
// every variable would look changed.
result<std::string> digest_key(const std::string& state_dir, random_source& random);

}  // namespace triggerd
