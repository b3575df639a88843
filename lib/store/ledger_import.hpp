// A ledger that comes from somewhere else: an export, or nothing at all.
//
// Everything is prepared beside the ledger and put in place by renames, with the mark first: a crash on the way leaves
// the old ledger, the new one, or a place that refuses to be begun in silence. What stood there before is set aside as
// ledger.db.replaced-TIME and spool.replaced-TIME, never overwritten.
//
// What comes is a copy, whoever made it: the ledger it was taken from may have gone on since. So all of it bears
// restored_setting.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace triggerd::store {

struct import_summary {
  std::uint64_t fires = 0;
  std::uint64_t unfinished = 0;  // of these
  std::uint64_t bodies = 0;
  instant known{};                   // the last instant that it knows of
  std::optional<std::string> aside;  // where the ledger went that stood here
};

// Both: the caller holds the state_lock. Blocking. An error leaves everything as it was, but for one of the last renames.

// Reads an export from the descriptor to its end. store.no-export for anything but a whole export, store.damaged,
// store.newer-schema, store.foreign-file, store.spool-full, store.disk.
result<import_summary> import_ledger(const std::string& state_dir, int from, const clock& time);

// An empty ledger, for those who lost theirs and have no backup.
result<import_summary> begin_ledger(const std::string& state_dir, const clock& time);

}  // namespace triggerd::store
