#include "store/ledger_file.hpp"

#include "base/text.hpp"
#include "store/codes.hpp"
#include "store/file.hpp"
#include "store/schema.hpp"

#include <algorithm>

namespace triggerd::store {

namespace {

// One connection for good: the exclusive mode needs no shared memory file and keeps every other program out, so
// SQLite's hazard of several connections folding one log (3.7.0 to 3.51.2) cannot arise.
constexpr const char* before_looking =
    "PRAGMA locking_mode=EXCLUSIVE; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;";
// Only once the file is known to be ours: this writes to it.
constexpr const char* before_writing =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864;";

result<connection> open_sound(const std::string& path) {
  auto db = connection::open(path);
  if (!db) return db.error();
  const auto set = db->run(before_looking);
  if (!set) return set.error();
  const auto verdict = db->ask("PRAGMA quick_check(1)");
  if (!verdict) return verdict.error();
  if (*verdict != "ok") return fail(codes::damaged, "the ledger: " + text::printable(*verdict, 200));
  const auto migrated = migrate(*db);
  if (!migrated) return migrated.error();
  const auto prepared = db->run(before_writing);
  if (!prepared) return prepared.error();
  return db;
}

// "20261124T022430Z": no characters that a shell or another file system minds.
std::string compact(instant at) {
  std::string words = text::iso(at).substr(0, 19) + "Z";
  std::erase_if(words, [](char c) { return c == '-' || c == ':'; });
  return words;
}

// The log goes along: the rows that matter may stand only there.
result<std::string> move_away(const std::string& path, instant now) {
  const std::string base = path + ".damaged-" + compact(now);
  std::string name = base;
  for (int i = 2; exists(name) || exists(name + "-wal"); ++i) name = base + "." + std::to_string(i);
  for (const char* part : {"-wal", "-shm", ""}) {
    if (!exists(path + part)) continue;
    const auto moved = move_file(path + part, name + part);
    if (!moved) return moved.error();
  }
  const auto kept = sync_directory_of(path);
  if (!kept) return kept.error();
  return name;
}

error at(const std::string& path, const error& why) { return fail(why.code, path + ": " + why.message); }

}  // namespace

result<ledger_file> open_ledger_file(const std::string& path, instant now) {
  std::optional<std::string> set_aside;
  for (;;) {
    const auto made = make_private_file(path);
    if (!made) return made.error();
    auto db = open_sound(path);
    if (db) return ledger_file{std::move(*db), std::move(set_aside)};
    if (db.error().code != codes::damaged || set_aside) return at(path, db.error());
    auto moved = move_away(path, now);
    if (!moved) return moved.error();
    set_aside = std::move(*moved);
  }
}

result<> limit_file(connection& db, std::uint64_t bytes) {
  const auto page = db.ask("PRAGMA page_size");
  if (!page) return page.error();
  constexpr std::uint64_t top = 4'294'967'294;  // SQLite's own bound
  const std::uint64_t pages = bytes == 0 ? top : std::max<std::uint64_t>(1, bytes / std::stoul(*page));
  const auto set = db.ask("PRAGMA max_page_count=" + std::to_string(std::min(pages, top)));
  if (!set) return set.error();
  return {};
}

}  // namespace triggerd::store
