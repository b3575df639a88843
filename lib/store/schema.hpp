// The tables of the ledger and how older files become newer ones.
#pragma once

#include "store/sqlite.hpp"

#include <span>

namespace triggerd::store {

// Step n turns a file of version n into one of version n + 1. A step, once released, never changes.
std::span<const char* const> schema_steps();

// The version of a ledger's file; 0 of an empty one. store.newer-schema when it is ahead of us, store.foreign-file when it
// is another program's database.
result<std::size_t> schema_version(connection& db, std::span<const char* const> steps = schema_steps());

// Brings the file to the version of the last step, each step in a transaction of its own: a crash between two of them
// is continued at the next start. Fails as schema_version() does, and leaves such a file untouched.
result<> migrate(connection& db, std::span<const char* const> steps = schema_steps());

}  // namespace triggerd::store
