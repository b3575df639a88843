// `triggerd check --connect`: asks the servers whose the keys are.
#pragma once

#include "config/complaints.hpp"
#include "config/environment.hpp"
#include "config/load.hpp"

#include <vector>

namespace triggerd {

// One complaint for every enabled target whose key, or the key of a job on it, does not prove to be what the files say.
// Keys that only the running service can resolve are left out with a note. Blocks; reads only.
std::vector<config::complaint> prove_credentials(const config::settings& of, const config::environment& env);

}  // namespace triggerd
