// The daemon, from its files to its end.
#pragma once

#include "config/environment.hpp"

#include <string>

namespace triggerd {

// Returns the exit code: 0 after an orderly stop, 78 for files that cannot be used, 1 for a machine that does not let it.
int run_daemon(const std::string& config_path, const config::environment& env);

}  // namespace triggerd
