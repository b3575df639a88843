#include "store/ledger_import.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "store/codes.hpp"
#include "store/file.hpp"
#include "store/ledger_export.hpp"
#include "store/ledger_file.hpp"
#include "store/row_reads.hpp"
#include "store/schema.hpp"
#include "store/spool_directory.hpp"
#include "store/state_directory.hpp"

#include <filesystem>

namespace triggerd::store {

namespace {

// Looks at every page and every index, not only at what quick_check reads: this file came over a wire.
result<> check_export(connection& db) {
  const auto version = schema_version(db);
  if (!version) return version.error();
  const auto sound = db.check(connection::depth::pages_and_indexes);
  if (!sound) return sound.error();
  const auto tables = db.ask("SELECT count(*) FROM sqlite_schema WHERE name = 'spool_body'");
  if (!tables) return tables.error();
  if (*tables != "1")
    return fail(codes::no_export, "this is no export of a ledger; make one with `triggerd ledger export FILE`");
  return {};
}

result<std::uint64_t> take_bodies(connection& db, spool_directory& spool) {
  std::uint64_t count = 0;
  query q(db, "SELECT name, bytes FROM spool_body");
  for (;;) {
    const auto more = q.step();
    if (!more) return more.error();
    if (!*more) return count;
    const std::string name = q.text();
    const std::string bytes = q.text();
    if (const auto kept = spool.write(name, bytes); !kept) return kept.error();
    ++count;
  }
}

result<> remove_all(const std::string& path) {
  std::error_code ec;
  std::filesystem::remove_all(path, ec);
  if (ec) return system_trouble(path, "remove", ec.value());
  return {};
}

// What is prepared beside the ledger.
struct house {
  explicit house(const std::string& state_dir)
      : ledger(ledger_path(state_dir)),
        spool(spool_path(state_dir)),
        new_ledger(ledger + ".import"),
        new_spool(spool + ".import") {}
  ~house() { (void)remove_all(new_spool); }  // what is still under this name was not put in place
  house(const house&) = delete;
  house& operator=(const house&) = delete;

  result<> clear() const {
    if (const auto cleared = new_ledger.clear(); !cleared) return cleared;
    return remove_all(new_spool);
  }
  // The instant of the mark that stands here.
  result<instant> marked_at() const {
    const auto mark = read_mark(ledger);
    if (!mark) return mark.error();
    return *mark ? (*mark)->at : instant();
  }

  std::string ledger, spool;
  half_made new_ledger;
  std::string new_spool;
};

result<lineage> make_ours(connection& db, const house& here, const clock& time, import_summary& found) {
  const auto latest = here.marked_at();
  if (!latest) return latest.error();
  auto now = ledger_mark::adopt(db, here.new_ledger.path(), time, *latest);
  if (!now) return now.error();
  const auto known = db.ask("SELECT value FROM setting WHERE name = '" + std::string(restored_known_setting) + "'");
  if (!known) return known.error();
  found.known = text::parse_iso(*known).value_or(*latest);
  return now;
}

result<lineage> unpack(const house& here, const clock& time, import_summary& found) {
  auto db = open_checked(here.new_ledger.path());
  if (!db) return db.error();
  if (const auto checked = check_export(*db); !checked) return checked.error();
  auto spool = spool_directory::open(here.new_spool, limits::spool_bytes);
  if (!spool) return spool.error();
  const auto bodies = take_bodies(*db, *spool);
  if (!bodies) return bodies.error();
  found.bodies = *bodies;
  const std::string forget =
      "DROP TABLE spool_body; DELETE FROM setting WHERE name = '" + std::string(exported_setting) + "'";
  if (const auto dropped = db->run(forget.c_str()); !dropped) return dropped.error();
  if (const auto migrated = migrate(*db); !migrated) return migrated.error();
  const auto fires = row_reads::count_fires(*db);
  if (!fires) return fires.error();
  found.fires = fires->all;
  found.unfinished = fires->unfinished;
  return make_ours(*db, here, time, found);
}

result<lineage> make_empty(const house& here, const clock& time, import_summary& found) {
  if (const auto made = make_private_file(here.new_ledger.path()); !made) return made.error();
  if (const auto made = make_private_directory(here.new_spool); !made) return made.error();
  auto db = connection::open(here.new_ledger.path());
  if (!db) return db.error();
  if (const auto migrated = migrate(*db); !migrated) return migrated.error();
  return make_ours(*db, here, time, found);
}

result<> put_in_place(const house& here, const lineage& now, import_summary& found) {
  if (const auto marked = write_mark(here.ledger, now); !marked) return marked;
  if (exists(here.ledger)) {
    auto moved = set_aside(here.ledger, "replaced", now.at);
    if (!moved) return moved.error();
    found.aside = std::move(*moved);
  }
  std::error_code ec;
  const bool bodies = exists(here.spool) && !std::filesystem::is_empty(here.spool, ec);
  if (bodies) {
    if (const auto moved = set_aside(here.spool, "replaced", now.at); !moved) return moved.error();
  } else if (const auto gone = remove_all(here.spool); !gone) {
    return gone;
  }
  if (const auto moved = move_file(here.new_spool, here.spool); !moved) return moved;
  if (const auto moved = move_file(here.new_ledger.path(), here.ledger); !moved) return moved;
  return sync_directory_of(here.ledger);
}

}  // namespace

result<import_summary> import_ledger(const std::string& state_dir, int from, const clock& time) {
  const house here(state_dir);
  if (const auto cleared = here.clear(); !cleared) return cleared.error();
  import_summary found;
  if (const auto taken = take_file(from, here.new_ledger.path()); !taken) return taken.error();
  auto now = unpack(here, time, found);
  if (!now) return fail(now.error().code, "the export cannot be used: " + now.error().message);
  if (const auto placed = put_in_place(here, *now, found); !placed) return placed.error();
  return found;
}

result<import_summary> begin_ledger(const std::string& state_dir, const clock& time) {
  const house here(state_dir);
  if (const auto cleared = here.clear(); !cleared) return cleared.error();
  import_summary found;
  auto now = make_empty(here, time, found);
  if (!now) return now.error();
  if (const auto placed = put_in_place(here, *now, found); !placed) return placed.error();
  return found;
}

}  // namespace triggerd::store
