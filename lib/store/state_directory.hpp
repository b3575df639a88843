// Where things stand in a state directory.
#pragma once

#include <string>

namespace triggerd::store {

inline std::string ledger_path(const std::string& state_dir) { return state_dir + "/ledger.db"; }
inline std::string spool_path(const std::string& state_dir) { return state_dir + "/spool"; }

}  // namespace triggerd::store
