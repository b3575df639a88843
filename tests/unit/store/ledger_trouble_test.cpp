// A disk that fails at every step of a ledger's life.
#include "unit/store/failing_disk.hpp"
#include "unit/store/world.hpp"

#include "store/codes.hpp"

using namespace triggerd;
using namespace triggerd::test;

namespace {

using manner = failing_disk::manner;

// One life: opens, writes a pair of settings in one commit, ends without a close. Gives what the commit said.
struct life {
  bool opened = false;
  bool promised = false;
  void live(sqlite_world& w, const std::string& value) {
    auto made = sqlite_ledger::open(w.path(), w.loop.get_executor(), w.time, w.journal, sqlite_world::quick());
    opened = made.has_value();
    promised = false;
    if (!opened) {
      CHECK_MESSAGE(made.error().code == store::codes::disk, made.error().describe());
      return;
    }
    (*made)->set("one", value);
    (*made)->set("two", value);
    promised = w.run((*made)->commit()).has_value();
  }
};

std::string setting(sqlite_world& w, const std::string& name) { return w.run(w.book().get(name)).value().value_or(""); }

void check_life_at_every_step(manner how, int code) {
  sqlite_world w;
  w.run(w.book().close());
  w.book_.reset();
  life now;
  std::string before;
  at_every_step(
      how, code, [&](int step) { now.live(w, std::to_string(step)); },
      [&](int step) {
        w.open();  // the disk is well again
        const std::string value = setting(w, "one");
        CHECK(setting(w, "two") == value);
        if (now.promised) CHECK(value == std::to_string(step));
        else CHECK((value == before || value == std::to_string(step)));
        CHECK_FALSE(w.run(w.book().get(restored_setting)).value().has_value());
        before = value;
        w.run(w.book().close());
        w.book_.reset();
      });
  CHECK(now.promised);
  for (const auto& entry : std::filesystem::directory_iterator(w.place.path()))
    CHECK(entry.path().string().find("damaged") == std::string::npos);
  w.open();
}

}  // namespace

TEST_CASE("an input or output error at any step loses no commit, halves none, and is no damage") {
  check_life_at_every_step(manner::once, SQLITE_IOERR_WRITE);
  check_life_at_every_step(manner::from_then_on, SQLITE_IOERR_FSYNC);
}

TEST_CASE("a full disk at any step loses no commit, halves none, and is no damage") {
  check_life_at_every_step(manner::from_then_on, SQLITE_FULL);
}

TEST_CASE("an error while a ledger is made the first time leaves nothing that the next start minds") {
  temporary_directory place;
  machine_clock time;
  int number = 0;
  const auto path = [&] { return place.file("ledger" + std::to_string(number) + ".db"); };
  bool opened = false;
  at_every_step(
      manner::from_then_on, SQLITE_IOERR_WRITE,
      [&](int step) {
        number = step;
        const auto made = open_ledger_file(path(), time);
        opened = made.has_value();
        if (!made) CHECK_MESSAGE(made.error().code == store::codes::disk, made.error().describe());
      },
      [&](int) {
        const auto again = open_ledger_file(path(), time);
        CHECK_MESSAGE(again.has_value(), (again ? std::string() : again.error().describe()));
      });
  CHECK(opened);
}

TEST_CASE("an error of a disk at work is told, and passes by itself") {
  failing_disk disk(failing_disk::never, manner::from_then_on, SQLITE_IOERR_WRITE);
  sqlite_world w;
  w.book().set("a", "1");
  CHECK(w.run(w.book().commit()).has_value());
  disk.break_now();
  w.book().set("a", "2");
  const auto refused = w.run(w.book().commit());
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == store::codes::disk);
  CHECK(w.until([&] { return !w.book().health().writable; }));
  CHECK(w.book().health().trouble.find("I/O error") != std::string::npos);
  disk.heal();
  CHECK(w.until([&] { return w.book().health().writable; }));
  CHECK(setting(w, "a") == "1");
  w.book().set("a", "2");
  CHECK(w.run(w.book().commit()).has_value());
  CHECK(setting(w, "a") == "2");
}

TEST_CASE("a disk that fails at any read is no damaged ledger, also where a long value or a free page lies") {
  sqlite_world w;
  w.book().put(a_leg("f", "t"));
  for (std::uint64_t i = 0; i < 2; ++i) {
    action_row row = an_action("f", "t", i);
    row.body = std::string(12 << 10, 'x');
    w.book().put(std::move(row));
  }
  CHECK(w.run(w.book().commit()).has_value());
  action_change settled = a_change("f", "t", 0);
  settled.drop_body = true;
  w.book().change(settled);
  CHECK(w.run(w.book().commit()).has_value());
  w.run(w.book().close());
  w.book_.reset();
  bool opened = false;
  at_every_step(
      manner::from_then_on, SQLITE_IOERR_WRITE,
      [&](int) {
        const auto file = open_ledger_file(w.path(), w.time);
        opened = file.has_value();
        if (!file) CHECK_MESSAGE(file.error().code == store::codes::disk, file.error().describe());
      },
      [&](int) {
        w.open();  // the disk is well again
        w.run(w.book().close());
        w.book_.reset();
      });
  CHECK(opened);
  w.open();
}

TEST_CASE("a disk that cannot be read is no damaged ledger") {
  sqlite_world w;
  w.run(w.book().close());
  w.book_.reset();
  {
    failing_disk disk(3, manner::from_then_on, SQLITE_IOERR_READ);
    const auto refused = open_ledger_file(w.path(), w.time);
    REQUIRE_FALSE(refused.has_value());
    CHECK_MESSAGE(refused.error().code == store::codes::disk, refused.error().describe());
  }
  CHECK(std::filesystem::exists(w.path()));
  w.open();
}
