// The ledger's file before anybody writes to it: made, checked, set aside when damaged, brought to our schema.
#pragma once

#include "store/sqlite.hpp"

namespace triggerd::store {

struct ledger_file {
  connection db;
  std::optional<std::string> set_aside;  // the new name of a damaged file
};

// Blocking. See sqlite_ledger::open() for what it does and how it fails.
result<ledger_file> open_ledger_file(const std::string& path, instant now);

// At most so many bytes; 0 takes the bound away.
result<> limit_file(connection& db, std::uint64_t bytes);

}  // namespace triggerd::store
