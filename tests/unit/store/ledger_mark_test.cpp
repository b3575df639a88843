// A ledger tells itself from its copies.
#include "unit/store/world.hpp"

#include "base/text.hpp"
#include "store/codes.hpp"
#include "store/ledger_file.hpp"
#include "store/ledger_mark.hpp"

#include <thread>

using namespace triggerd;
using namespace triggerd::test;

namespace {

lineage born(const std::string& id, std::uint64_t beat) { return {id, beat, at_ms(1'000)}; }

bool is_copy(sqlite_world& w) { return w.run(w.book().get(restored_setting)).value().has_value(); }

void write_something(sqlite_world& w, const std::string& value) {
  w.book().set("something", value);
  REQUIRE(w.run(w.book().commit()).has_value());
}

void close(sqlite_world& w) {
  w.run(w.book().close());
  w.book_.reset();
}

std::string mark_of(const sqlite_world& w) { return bytes_of(mark_path(w.path())); }

}  // namespace

TEST_CASE("a ledger is ours when its mark is its own and not ahead, and it stands where it was written") {
  CHECK(judge(std::nullopt, std::nullopt, true) == origin::fresh);
  CHECK(judge(std::nullopt, born("a", 0), true) == origin::fresh);
  CHECK(judge(std::nullopt, born("a", 1), true) == origin::copied);
  CHECK(judge(born("a", 5), born("a", 5), true) == origin::own);
  CHECK(judge(born("a", 5), born("a", 4), true) == origin::own);
  CHECK(judge(born("a", 5), born("a", 6), true) == origin::copied);
  CHECK(judge(born("a", 5), born("b", 5), true) == origin::copied);
  CHECK(judge(born("a", 5), std::nullopt, true) == origin::copied);
  CHECK(judge(born("a", 5), born("a", 5), false) == origin::copied);
}

TEST_CASE("a lineage reads what it wrote, and nothing else") {
  const lineage one = born("9f", 18'446'744'073'709'551'615ull);
  const auto again = lineage::read(one.text() + "\n");
  REQUIRE(again.has_value());
  CHECK(again->id == one.id);
  CHECK(again->beat == one.beat);
  CHECK(again->at == one.at);
  CHECK(one.text().size() == born("9f", 1).text().size());
  for (const char* other : {"", "9f", "9f 1", "9f x 2026-11-24T02:24:30.000Z", " 1 2026-11-24T02:24:30.000Z",
                            "9f 1 yesterday", "9f 1x 2026-11-24T02:24:30.000Z"})
    CHECK_MESSAGE(!lineage::read(other).has_value(), other);
}

TEST_CASE("a restart, also after a kill, is no copy") {
  sqlite_world w;
  CHECK_FALSE(is_copy(w));
  write_something(w, "1");
  w.restart();
  CHECK_FALSE(is_copy(w));
  write_something(w, "2");
  w.book_.reset();  // without the close
  w.open();
  CHECK_FALSE(is_copy(w));
}

TEST_CASE("an older ledger written over the younger one is a copy, and says from when") {
  sqlite_world w;
  write_something(w, "1");
  close(w);
  const std::string backup = bytes_of(w.path());
  const std::string marked = mark_of(w);
  w.open();
  write_something(w, "2");
  close(w);
  put_bytes(w.path(), backup);  // the same file, older bytes
  w.open();
  REQUIRE(is_copy(w));
  const std::string known = w.run(w.book().get(restored_known_setting)).value().value();
  CHECK(known == text::iso(lineage::read(marked)->at));
  CHECK(w.run(w.book().get("something")).value() == "1");
  const auto until = text::parse_iso(w.run(w.book().get(restored_setting)).value().value());
  REQUIRE(until.has_value());
  CHECK(*until > lineage::read(marked)->at);
  SUBCASE("once") {
    const std::string first = w.run(w.book().get(restored_setting)).value().value();
    w.restart();
    CHECK(w.run(w.book().get(restored_setting)).value().value() == first);
  }
}

TEST_CASE("a whole directory that was copied is a copy, though its mark agrees") {
  sqlite_world w;
  write_something(w, "1");
  close(w);
  const std::string bytes = bytes_of(w.path());
  std::filesystem::rename(w.path(), w.place.file("before"));
  put_bytes(w.path(), bytes);
  w.open();
  CHECK(is_copy(w));
}

TEST_CASE("a ledger without its mark, or with one that nobody can read, is a copy") {
  for (const bool removed : {true, false}) {
    sqlite_world w;
    write_something(w, "1");
    close(w);
    if (removed) std::filesystem::remove(mark_path(w.path()));
    else put_bytes(mark_path(w.path()), "scribble");
    w.open();
    CHECK(is_copy(w));
  }
}

TEST_CASE("a copy made while the ledger was at work is told from it within moments") {
  sqlite_world w;
  write_something(w, "1");
  const std::string backup = bytes_of(w.path());
  const std::string log = bytes_of(w.path() + "-wal");
  const std::string before = mark_of(w);
  // A beat comes with a commit, one a second at most.
  CHECK(w.until([&] {
    write_something(w, "2");
    return mark_of(w) != before;
  }));
  w.book_.reset();
  put_bytes(w.path(), backup);
  put_bytes(w.path() + "-wal", log);
  w.open();
  CHECK(is_copy(w));
  CHECK(w.run(w.book().get("something")).value() == "1");
}

TEST_CASE("a ledger that vanished, or was emptied, is not begun anew in silence") {
  for (const bool emptied : {false, true}) {
    sqlite_world w;
    write_something(w, "1");
    close(w);
    if (emptied) put_bytes(w.path(), "");
    else std::filesystem::remove(w.path());
    for (int tries = 0; tries < 2; ++tries) {
      const auto refused = open_ledger_file(w.path(), w.time);
      REQUIRE_FALSE(refused.has_value());
      CHECK(refused.error().code == store::codes::missing);
      CHECK(refused.error().message.find(emptied ? "is empty" : "is missing") != std::string::npos);
      CHECK(refused.error().message.find("triggerd ledger import FILE") != std::string::npos);
      CHECK(std::filesystem::exists(w.path()) == emptied);
    }
  }
}

TEST_CASE("a first start that was cut short begins again") {
  temporary_directory place;
  machine_clock time;
  REQUIRE(write_mark(place.file("ledger.db"), born("a", 0)).has_value());
  SUBCASE("before the file") {}
  SUBCASE("with an empty file") { put_bytes(place.file("ledger.db"), ""); }
  const auto opened = open_ledger_file(place.file("ledger.db"), time);
  CHECK(opened.has_value());
}
