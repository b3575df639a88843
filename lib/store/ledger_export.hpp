// A ledger to take along: one file that holds all rows and the bodies that wait in the spool.
//
// The form is a SQLite database: SQLite's own consistent copy of the ledger (VACUUM INTO), with one more table,
// `spool_body(name, bytes)`, and the setting "exported", written last. SQLite's format is the same on every machine and is
// kept readable by its makers; the schema's version travels in the file, and the steps that bring a ledger forward bring
// an export forward too. So a copy needs no writer and no reader of its own that every later version would have to
// understand, and people can look into it with sqlite3(1).
//
// Not in it: digest.key, so that an export alone does not let anybody guess short values, and files of rejects.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>

namespace triggerd::store {

inline constexpr const char* exported_setting = "exported";

struct export_summary {
  std::uint64_t fires = 0;
  std::uint64_t unfinished = 0;  // of these
  std::uint64_t bodies = 0;
  std::uint64_t missing = 0;  // bodies that a row names and the spool does not have
};

// Writes the export to the descriptor, synced when that is a file. The caller holds the state_lock; the ledger stays as
// it is, and the copy takes its own size in the state directory until it is written. Blocking. store.missing when there
// is no ledger, store.damaged, store.newer-schema, store.foreign-file, store.disk.
result<export_summary> export_ledger(const std::string& state_dir, int to, const clock& time);

}  // namespace triggerd::store
