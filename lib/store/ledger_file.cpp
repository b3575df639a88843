#include "store/ledger_file.hpp"

#include "base/text.hpp"
#include "store/codes.hpp"
#include "store/file.hpp"
#include "store/schema.hpp"

#include <algorithm>
#include <filesystem>

namespace triggerd::store {

namespace {

constexpr std::string_view ways_on =
    ". Bring a backup back with `triggerd ledger import FILE`, or begin without it by `triggerd ledger new`: "
    "what the lost ledger had under way is not known then";

constexpr const char* before_looking =
    "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;";
// Only once the file is known to be ours: this writes to it.
constexpr const char* before_writing =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864;";

// "20261124T022430Z": no characters that a shell or another file system minds.
std::string compact(instant at) {
  std::string words = text::iso(at).substr(0, 19) + "Z";
  std::erase_if(words, [](char c) { return c == '-' || c == ':'; });
  return words;
}

result<bool> is_empty(const std::string& path) {
  std::error_code ec;
  const auto size = std::filesystem::file_size(path, ec);
  if (ec) return system_trouble(path, "look at", ec.value());
  return size == 0;
}

// Beginning anew in silence would repeat what the lost ledger had seen done.
result<> refuse_when_gone(const std::string& path) {
  const auto mark = read_mark(path);
  if (!mark) return mark.error();
  if (!*mark || (*mark)->beat == 0) return {};
  const bool there = exists(path);
  const auto empty = there ? is_empty(path) : result<bool>(false);
  if (!empty) return empty.error();
  if (there && !*empty) return {};
  return fail(codes::missing, path + (there ? " is empty" : " is missing") + ", and it was in use until " +
                                  text::iso((*mark)->at) + std::string(ways_on));
}

// The mark stays, or is made: the next start must not take an empty place for a new one.
error move_damaged(const std::string& path, const error& why, instant now) {
  const auto mark = read_mark(path);
  if (!mark) return mark.error();
  if (!*mark)
    if (const auto marked = write_mark(path, {"damaged", 1, now}); !marked) return marked.error();
  const auto moved = set_aside(path, "damaged", now);
  if (!moved) return moved.error();
  return fail(codes::damaged, why.message + "; it was set aside as " + *moved + std::string(ways_on));
}

result<connection> open_sound(const std::string& path) {
  auto db = open_checked(path);
  if (!db) return db.error();
  const auto migrated = migrate(*db);
  if (!migrated) return migrated.error();
  const auto prepared = db->run(before_writing);
  if (!prepared) return prepared.error();
  return db;
}

error at(const std::string& path, const error& why) { return fail(why.code, path + ": " + why.message); }

}  // namespace

result<connection> open_checked(const std::string& path) {
  auto db = connection::open(path);
  if (!db) return db.error();
  const auto set = db->run(before_looking);
  if (!set) return set.error();
  const auto sound = db->check(connection::depth::pages);
  if (!sound) return sound.error();
  return db;
}

// The log goes along: the rows that matter may stand only there.
result<std::string> set_aside(const std::string& path, std::string_view word, instant now) {
  const std::string base = path + '.' + std::string(word) + '-' + compact(now);
  std::string name = base;
  for (int i = 2; exists(name) || exists(name + "-wal"); ++i) name = base + "." + std::to_string(i);
  for (const char* part : {"-wal", "-shm", "-journal", ""}) {
    if (!exists(path + part)) continue;
    const auto moved = move_file(path + part, name + part);
    if (!moved) return moved.error();
  }
  const auto kept = sync_directory_of(path);
  if (!kept) return kept.error();
  return name;
}

result<ledger_file> open_ledger_file(const std::string& path, const clock& time) {
  if (const auto there = refuse_when_gone(path); !there) return there.error();
  if (const auto made = make_private_file(path); !made) return made.error();
  auto db = open_sound(path);
  if (!db && db.error().code == codes::damaged) return at(path, move_damaged(path, db.error(), time.now()));
  if (!db) return at(path, db.error());
  auto mark = ledger_mark::take(*db, path, time);
  if (!mark) return at(path, mark.error());
  // What that wrote is folded now, so that nothing is left to do in the first quiet moment.
  if (const auto folded = db->checkpoint(true); !folded) return at(path, folded.error());
  return ledger_file{std::move(*db), std::move(*mark)};
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
