// `triggerd check`: tells everything that is wrong with the files.
#pragma once

#include "config/load.hpp"

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace triggerd {

struct check_options {
  bool json = false;           // one JSON document instead of lines
  bool deny_warnings = false;  // warnings refuse too; notes never do
  // Asks the servers whose the keys are; runs only when the files are good. Empty: offline.
  std::function<std::vector<config::complaint>(const config::settings&)> connect;
};

// 0 when the files may be used, else 78 (configuration). The report goes to `out`.
int run_check(const std::string& path, const check_options& options, const config::environment& env, std::ostream& out);

}  // namespace triggerd
