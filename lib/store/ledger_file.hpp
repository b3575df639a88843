// The ledger's file before anybody writes to it: made, checked, set aside when damaged, brought to our schema, and told
// from its copies.
#pragma once

#include "store/ledger_mark.hpp"
#include "store/sqlite.hpp"

namespace triggerd::store {

struct ledger_file {
  connection db;
  ledger_mark mark;
};

// Blocking. See sqlite_ledger::open() for what it does and how it fails. `time` outlives the file.
result<ledger_file> open_ledger_file(const std::string& path, const clock& time);

// Opens an existing file for this process alone and looks at every page of it; nothing is written. store.damaged says
// what is wrong; the file stays where it is.
result<connection> open_checked(const std::string& path);

// Moves what stands under this name, with SQLite's own files beside it, to PATH.WORD-TIME; gives the new name.
result<std::string> set_aside(const std::string& path, std::string_view word, instant now);

// At most so many bytes; 0 takes the bound away.
result<> limit_file(connection& db, std::uint64_t bytes);

}  // namespace triggerd::store
