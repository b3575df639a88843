#include "store/ledger_export.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "store/codes.hpp"
#include "store/file.hpp"
#include "store/ledger_file.hpp"
#include "store/row_reads.hpp"
#include "store/schema.hpp"
#include "store/spool_directory.hpp"
#include "store/state_directory.hpp"

#include <algorithm>

namespace triggerd::store {

namespace {

// SQLite's consistent copy, made from one connection of ours.
result<> copy_rows(const std::string& from, const std::string& to) {
  auto db = open_checked(from);
  if (!db) return db.error();
  if (const auto version = schema_version(*db); !version) return version.error();
  if (const auto made = make_private_file(to); !made) return made;
  query q(*db, "VACUUM INTO ?");
  return q.bind(to).run();
}

result<> add_body(connection& db, const std::string& name, const std::string& bytes) {
  query q(db, "INSERT INTO spool_body(name, bytes) VALUES(?,?)");
  return q.bind(name).bind(bytes).run();
}

result<> add_bodies(connection& db, const spool_directory& spool, export_summary& count) {
  auto names = row_reads::spooled(db);
  if (!names) return names.error();
  names->erase(std::unique(names->begin(), names->end()), names->end());
  for (const std::string& name : *names) {
    const auto bytes = spool.read(name);
    if (!bytes && bytes.error().code == codes::no_spool_file) {
      ++count.missing;
      continue;
    }
    if (!bytes) return bytes.error();
    if (const auto added = add_body(db, name, *bytes); !added) return added;
    ++count.bodies;
  }
  return {};
}

result<> finish(connection& db, const spool_directory& spool, instant now, export_summary& count) {
  const auto begun =
      db.run("PRAGMA synchronous=FULL; BEGIN; CREATE TABLE spool_body(name TEXT PRIMARY KEY, bytes BLOB)");
  if (!begun) return begun;
  if (const auto added = add_bodies(db, spool, count); !added) return added;
  query mark(db, "INSERT OR REPLACE INTO setting(name, value) VALUES(?,?)");
  const std::string at = text::iso(now);
  if (const auto marked = mark.bind(std::string_view(exported_setting)).bind(at).run(); !marked) return marked;
  return db.run("COMMIT");
}

result<export_summary> make_copy(const std::string& state_dir, const std::string& copy, const clock& time) {
  if (const auto made = copy_rows(ledger_path(state_dir), copy); !made) return made.error();
  const auto spool = spool_directory::open(spool_path(state_dir), limits::spool_bytes);
  if (!spool) return spool.error();
  auto db = connection::open(copy);
  if (!db) return db.error();
  export_summary count;
  if (const auto finished = finish(*db, *spool, time.now(), count); !finished) return finished.error();
  const auto fires = row_reads::count_fires(*db);
  if (!fires) return fires.error();
  count.fires = fires->all;
  count.unfinished = fires->unfinished;
  return count;
}

}  // namespace

result<export_summary> export_ledger(const std::string& state_dir, int to, const clock& time) {
  const std::string path = ledger_path(state_dir);
  if (!exists(path)) return fail(codes::missing, path + " is not there: nothing to export");
  const half_made copy(path + ".export");
  if (const auto cleared = copy.clear(); !cleared) return cleared.error();
  const auto count = make_copy(state_dir, copy.path(), time);
  if (!count) return count.error();
  if (const auto given = give_file(copy.path(), to); !given) return given.error();
  return count;
}

}  // namespace triggerd::store
