// Tells a ledger from an older copy of itself.
//
// The ledger bears an id, counts beats, and knows which file it stands in; a small file beside it, PATH.mark, bears the
// same id and count. A beat comes with a commit, at most one a second: first in the ledger, durable with the rows, then in
// the mark. So a mark is never ahead of its ledger. A ledger that is behind its mark, has another id, or stands in another
// file than the one it was written to is a copy: restored from a backup, or moved here. What was done after the copy was
// made is not in it.
//
// What this cannot see is a whole disk that was rolled back, mark and all: a snapshot of a volume or a machine. Export and
// import such a ledger before it is used.
#pragma once

#include "base/clock.hpp"
#include "store/file.hpp"
#include "store/sqlite.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace triggerd::store {

// What the ledger and its mark say of themselves: "ID BEAT INSTANT".
struct lineage {
  std::string id;
  std::uint64_t beat = 0;  // 0 in a mark: its ledger is about to be made
  instant at{};            // of the beat
  std::string text() const;
  static std::optional<lineage> read(std::string_view text);
};

enum class origin { fresh, own, copied };
origin judge(const std::optional<lineage>& ledger, const std::optional<lineage>& mark, bool same_file);

std::string mark_path(const std::string& ledger_path);
// Nullopt: there is none. One that cannot be understood is some other ledger's.
result<std::optional<lineage>> read_mark(const std::string& ledger_path);
result<> write_mark(const std::string& ledger_path, const lineage& what);

class ledger_mark {
 public:
  // Judges a ledger that is sound and of our schema, and makes it ours: a copy gets a new id and the settings "restored"
  // (what was intended until then may have been sent) and "restored.known" (the last instant it knows of). Blocking.
  // `time` outlives it and is asked on the thread that beats.
  static result<ledger_mark> take(connection& db, const std::string& path, const clock& time);

  // What take() does with a copy, without the mark: for a file that will be renamed to a ledger's name. `latest`:
  // an instant that may be later than now by this clock; also what it knows of, when it does not say so itself.
  static result<lineage> adopt(connection& db, const std::string& path, const clock& time, instant latest);

  bool due() const;
  result<> beat(connection& db);  // inside a transaction that is about to be committed
  void committed();               // it is durable, with the beat if one was in it
  void rolled_back();

 private:
  ledger_mark(lineage now, descriptor file, const clock& time);
  lineage now_;
  std::optional<lineage> next_;  // in the open transaction
  descriptor file_;
  const clock* clock_;
  steady_time last_;
};

}  // namespace triggerd::store
