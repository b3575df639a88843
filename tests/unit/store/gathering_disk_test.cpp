#include "unit/store/sqlite_shim.hpp"
#include "unit/store/world.hpp"

#include "store/sqlite.hpp"

#include <algorithm>
#include <vector>

using namespace triggerd;
using namespace triggerd::test;

namespace {

// Tells what reaches the write-ahead log.
class watched_disk : sqlite_shim {
 public:
  struct call {
    char what;  // 'w', 'r' or 's'
    std::int64_t at, size;
  };

  watched_disk() : sqlite_shim("watched", open) { calls().clear(); }

  static std::vector<call>& calls() {
    static std::vector<call> all;
    return all;
  }
  static std::size_t count(char what) {
    return static_cast<std::size_t>(
        std::count_if(calls().begin(), calls().end(), [what](const call& one) { return one.what == what; }));
  }

 private:
  static int open(sqlite3_vfs*, const char* name, sqlite3_file* out, int flags, int* given) {
    static const sqlite3_io_methods passing = passing_methods();
    static const sqlite3_io_methods watching = watching_methods();
    return open_beneath(name, out, flags, given, (flags & SQLITE_OPEN_WAL) != 0 ? watching : passing);
  }
  static sqlite3_io_methods watching_methods() {
    sqlite3_io_methods m = passing_methods();
    m.xWrite = [](sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
      calls().push_back({'w', at, size});
      return real(f)->pMethods->xWrite(real(f), from, size, at);
    };
    m.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
      calls().push_back({'r', at, size});
      return real(f)->pMethods->xRead(real(f), to, size, at);
    };
    m.xSync = [](sqlite3_file* f, int flags) {
      calls().push_back({'s', 0, 0});
      return real(f)->pMethods->xSync(real(f), flags);
    };
    return m;
  }
};

store::connection log_of_a_table(const std::string& path) {
  REQUIRE(store::make_private_file(path).has_value());
  store::connection db = store::connection::open(path).value();
  const auto made =
      db.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE page(id INTEGER, bytes BLOB)");
  REQUIRE(made.has_value());
  watched_disk::calls().clear();
  return db;
}

constexpr const char* hundred_pages =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) "
    "INSERT INTO page SELECT i, randomblob(3900) FROM n";

// A transaction with so few pages in memory that it writes the first into the log and reads them from there again.
void begin_a_large_one(store::connection& db) {
  REQUIRE(db.run("PRAGMA cache_size=10; BEGIN").has_value());
  REQUIRE(db.run(hundred_pages).has_value());
}

}  // namespace

TEST_CASE("the pages of a commit reach the log in few writes, one behind the other, before its only sync") {
  temporary_directory place;
  const watched_disk disk;
  store::connection db = log_of_a_table(place.file("db"));
  REQUIRE(db.run(hundred_pages).has_value());
  const auto& calls = watched_disk::calls();
  CHECK(watched_disk::count('w') >= 6);  // 100 pages of 4 KiB are more than 400 KiB
  CHECK(watched_disk::count('w') <= 9);
  CHECK(watched_disk::count('s') == 1);
  REQUIRE(calls.back().what == 's');
  for (std::size_t i = 1; i + 1 < calls.size(); ++i) CHECK(calls[i].at == calls[i - 1].at + calls[i - 1].size);
}

TEST_CASE("what is read back from the log is what was written into it a moment before") {
  temporary_directory place;
  const watched_disk disk;
  store::connection db = log_of_a_table(place.file("db"));
  begin_a_large_one(db);
  REQUIRE(db.run("UPDATE page SET bytes = zeroblob(3800) WHERE id % 7 = 0").has_value());
  CHECK(db.ask("SELECT sum(length(bytes)) FROM page").value() == std::to_string(86 * 3900 + 14 * 3800));
  CHECK(watched_disk::count('r') > 0);
  REQUIRE(db.run("COMMIT").has_value());
  CHECK(db.check(store::connection::depth::pages_and_indexes).has_value());
}

TEST_CASE("pages given up by a rollback are not in the log's way") {
  temporary_directory place;
  const watched_disk disk;
  {
    store::connection db = log_of_a_table(place.file("db"));
    begin_a_large_one(db);
    REQUIRE(db.run("ROLLBACK; INSERT INTO page VALUES(1, 'kept')").has_value());
  }
  store::connection db = store::connection::open(place.file("db")).value();
  CHECK(db.ask("SELECT group_concat(bytes) FROM page").value() == "kept");
  CHECK(db.check(store::connection::depth::pages_and_indexes).has_value());
}
