// A ledger that moves house, and one that begins without the one before it.
#include "unit/store/failing_disk.hpp"
#include "unit/store/world.hpp"

#include "base/text.hpp"
#include "store/codes.hpp"
#include "store/ledger_export.hpp"
#include "store/ledger_import.hpp"
#include "store/spool_directory.hpp"
#include "store/state_directory.hpp"

#include <fcntl.h>
#include <unistd.h>

using namespace triggerd;
using namespace triggerd::test;

namespace {

constexpr std::uint64_t room = 1 << 20;

// A state directory while no daemon lives.
struct house {
  temporary_directory place;
  runner r;
  no_log quiet;

  const std::string& path() const { return place.path(); }
  template <class Work>
  void in_ledger(Work work) {
    auto book = sqlite_ledger::open(ledger_path(path()), r.loop.get_executor(), r.time, quiet);
    REQUIRE_MESSAGE(book.has_value(), (book ? std::string() : book.error().describe()));
    work(**book);
    r.run((*book)->close());
  }
  std::string setting(const std::string& name) {
    std::string out;
    in_ledger([&](sqlite_ledger& book) { out = r.run(book.get(name)).value().value_or(""); });
    return out;
  }
  // A fire that waits with a body in its row and one in the spool, and a fire that ended.
  void furnish() {
    in_ledger([&](sqlite_ledger& book) {
      fire_row done = a_fire("f0", "nightly", fire_state::done);
      done.ended = at_ms(9);
      book.put(done);
      book.put(a_fire("f1"));
      book.put(a_leg("f1", "t"));
      book.put(an_action("f1", "t", 0));
      action_row large = an_action("f1", "t", 1);
      large.body.clear();
      large.spool = "f1-t-1";
      book.put(large);
      book.remember({"items", "k", "v", "nightly", "f1", at_ms(7)});
      REQUIRE(r.run(book.commit()).has_value());
    });
    auto spool = *spool_directory::open(spool_path(path()), room);
    REQUIRE(spool.write("f1-t-1", body()).has_value());
  }
  static std::string body() { return std::string("{\"large\":\"") + '\0' + "\xff\"}"; }
  void check_furniture() {
    in_ledger([&](sqlite_ledger& book) {
      CHECK(r.run(book.fire("f1")).value() == a_fire("f1"));
      CHECK(r.run(book.fire("f0")).value().has_value());
      CHECK(r.run(book.legs("f1")).value() == std::vector<leg_row>{a_leg("f1", "t")});
      const auto actions = r.run(book.actions("f1", "t", 0, 9, true)).value();
      REQUIRE(actions.size() == 2);
      CHECK(actions[0] == an_action("f1", "t", 0));
      CHECK(actions[1].spool == "f1-t-1");
      CHECK(r.run(book.recall("items", {"k"})).value().size() == 1);
    });
    CHECK(spool_directory::open(spool_path(path()), room)->read("f1-t-1").value() == body());
  }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(path()))
      out.push_back(entry.path().filename().string());
    std::sort(out.begin(), out.end());
    return out;
  }
};

result<export_summary> take_out(house& from, const std::string& file) {
  const descriptor to(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  REQUIRE(bool(to));
  return export_ledger(from.path(), to.get(), from.r.time);
}

result<import_summary> bring_in(house& to, const std::string& file) {
  const descriptor from(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  REQUIRE(bool(from));
  return import_ledger(to.path(), from.get(), to.r.time);
}

struct move {
  house old, home;
  std::string file = old.place.file("export");

  move() {
    old.furnish();
    const auto out = take_out(old, file);
    REQUIRE_MESSAGE(out.has_value(), (out ? std::string() : out.error().describe()));
  }
  // Lets somebody spoil the export.
  template <class Work>
  void spoil(Work work) {
    auto db = connection::open(file);
    REQUIRE(db.has_value());
    work(*db);
  }
  void check_refused(error_code code, std::string_view words) {
    const auto names = home.names();
    const auto refused = bring_in(home, file);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == code);
    CHECK_MESSAGE(refused.error().message.find(words) != std::string::npos, refused.error().message);
    CHECK(home.names() == names);
  }
};

}  // namespace

TEST_CASE("an export holds every row and every body, and leaves the ledger as it was") {
  house old;
  old.furnish();
  const std::string before = bytes_of(ledger_path(old.path()));
  const auto out = take_out(old, old.place.file("export"));
  REQUIRE(out.has_value());
  CHECK(out->fires == 2);
  CHECK(out->unfinished == 1);
  CHECK(out->bodies == 1);
  CHECK(out->missing == 0);
  CHECK(bytes_of(ledger_path(old.path())) == before);
  std::filesystem::remove(old.place.file("export"));
  CHECK(old.names() == std::vector<std::string>{"ledger.db", "ledger.db.mark", "spool"});
  old.check_furniture();
  CHECK(old.setting(restored_setting).empty());
}

TEST_CASE("a ledger that died with a log beside it is exported with what the log holds") {
  house old;
  old.furnish();
  auto book = *sqlite_ledger::open(ledger_path(old.path()), old.r.loop.get_executor(), old.r.time, old.quiet);
  book->set("late", "1");
  REQUIRE(old.r.run(book->commit()).has_value());
  house copy;
  for (const char* part : {"", "-wal"})
    put_bytes(ledger_path(copy.path()) + part, bytes_of(ledger_path(old.path()) + part));
  old.r.run(book->close());
  REQUIRE(take_out(copy, copy.place.file("export")).has_value());
  house home;
  REQUIRE(bring_in(home, copy.place.file("export")).has_value());
  CHECK(home.setting("late") == "1");
}

TEST_CASE("an import brings everything to another house, and says that it is a copy") {
  move m;
  const auto in = bring_in(m.home, m.file);
  REQUIRE_MESSAGE(in.has_value(), (in ? std::string() : in.error().describe()));
  CHECK(in->fires == 2);
  CHECK(in->unfinished == 1);
  CHECK(in->bodies == 1);
  CHECK_FALSE(in->aside.has_value());
  CHECK(in->known == lineage::read(bytes_of(mark_path(ledger_path(m.old.path()))))->at);
  CHECK(m.home.names() == std::vector<std::string>{"ledger.db", "ledger.db.mark", "spool"});
  m.home.check_furniture();
  const std::string until = m.home.setting(restored_setting);
  CHECK(text::parse_iso(until).has_value());
  CHECK(m.home.setting(restored_known_setting) == text::iso(in->known));
  CHECK(m.home.setting(restored_setting) == until);  // it is its own from now on
  CHECK(m.home.setting(exported_setting).empty());
  auto db = connection::open(ledger_path(m.home.path()));
  CHECK(db->ask("SELECT count(*) FROM sqlite_schema WHERE name = 'spool_body'").value() == "0");
}

TEST_CASE("an import sets aside what stood there, spool and all") {
  move m;
  m.home.in_ledger([&](sqlite_ledger& book) { book.set("theirs", "1"); });
  REQUIRE(spool_directory::open(spool_path(m.home.path()), room)->write("theirs", "x").has_value());
  const std::string before = bytes_of(ledger_path(m.home.path()));
  const auto in = bring_in(m.home, m.file);
  REQUIRE(in.has_value());
  REQUIRE(in->aside.has_value());
  CHECK(in->aside->starts_with(ledger_path(m.home.path()) + ".replaced-"));
  CHECK(bytes_of(*in->aside) == before);
  m.home.check_furniture();
  CHECK(m.home.setting("theirs").empty());
  std::size_t bodies = 0;
  for (const std::string& name : m.home.names())
    if (name.starts_with("spool.replaced-"))
      bodies += std::filesystem::exists(m.home.place.file(name + "/theirs")) ? 1 : 0;
  CHECK(bodies == 1);
}

TEST_CASE("a backup brought back over the ledger it came from does not take its word for what was never sent") {
  move m;
  m.old.in_ledger([&](sqlite_ledger& book) { book.set("since", "1"); });
  const auto in = bring_in(m.old, m.file);
  REQUIRE(in.has_value());
  CHECK(in->aside.has_value());
  CHECK(m.old.setting("since").empty());
  CHECK_FALSE(m.old.setting(restored_setting).empty());
}

TEST_CASE("a body that is missing is counted, and its row travels") {
  house old;
  old.furnish();
  REQUIRE(spool_directory::open(spool_path(old.path()), room)->remove("f1-t-1").has_value());
  const auto out = take_out(old, old.place.file("export"));
  REQUIRE(out.has_value());
  CHECK(out->missing == 1);
  CHECK(out->bodies == 0);
  house home;
  REQUIRE(bring_in(home, old.place.file("export")).has_value());
}

TEST_CASE("what is no export is refused and changes nothing") {
  move m;
  SUBCASE("nothing") {
    put_bytes(m.file, "");
    m.check_refused(store::codes::no_export, "no export of a ledger");
  }
  SUBCASE("something else") {
    put_bytes(m.file, std::string(5'000, 'x'));
    m.check_refused(store::codes::damaged, "not a database");
  }
  SUBCASE("half of one") {
    const std::string bytes = bytes_of(m.file);
    put_bytes(m.file, bytes.substr(0, bytes.size() / 2));
    m.check_refused(store::codes::damaged, "the export cannot be used");
  }
  SUBCASE("one with a broken page") {
    std::string bytes = bytes_of(m.file);
    for (std::size_t i = 8'192; i < 12'000; ++i) bytes[i] = static_cast<char>(i * 37);
    put_bytes(m.file, bytes);
    m.check_refused(store::codes::damaged, "the export cannot be used");
  }
  SUBCASE("a ledger's own file, which lacks the bodies") {
    put_bytes(m.file, bytes_of(ledger_path(m.old.path())));
    m.check_refused(store::codes::no_export, "no export of a ledger");
  }
  SUBCASE("another program's database") {
    m.spoil([](connection& db) { CHECK(db.run("PRAGMA application_id=7").has_value()); });
    m.check_refused(store::codes::foreign_file, "another program");
  }
  SUBCASE("one of a newer version") {
    m.spoil([](connection& db) { CHECK(db.run("PRAGMA user_version=99").has_value()); });
    m.check_refused(store::codes::newer_schema, "schema 99");
  }
  SUBCASE("one whose bodies would leave the spool") {
    m.spoil([](connection& db) { CHECK(db.run("UPDATE spool_body SET name = '../../lock'").has_value()); });
    m.check_refused(store::codes::unusable_name, "cannot be named");
  }
}

TEST_CASE("without a ledger there is nothing to export, and a damaged one stays where it is") {
  house old;
  CHECK(take_out(old, old.place.file("export")).error().code == store::codes::missing);
  put_bytes(ledger_path(old.path()), std::string(5'000, 'x'));
  CHECK(take_out(old, old.place.file("export")).error().code == store::codes::damaged);
  CHECK(bytes_of(ledger_path(old.path())) == std::string(5'000, 'x'));
}

TEST_CASE("an export to where nothing can be written fails and leaves nothing behind") {
  house old;
  old.furnish();
  const auto names = old.names();
  const descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  const auto out = export_ledger(old.path(), full.get(), old.r.time);
  REQUIRE_FALSE(out.has_value());
  CHECK(out.error().code == store::codes::disk);
  CHECK(old.names() == names);
}

TEST_CASE("an import that cannot make its folder of bodies changes nothing, and the next one takes what is left over") {
  move m;
  REQUIRE(spool_directory::open(spool_path(m.home.path()) + ".import", room)->write("stale", "x").has_value());
  put_bytes(ledger_path(m.home.path()) + ".import", "half");
  CHECK(bring_in(m.home, m.file).has_value());
  CHECK_FALSE(std::filesystem::exists(spool_path(m.home.path()) + "/stale"));
  m.home.check_furniture();
}

TEST_CASE("a new ledger begins beside the lost one, and knows that something was done before") {
  house h;
  h.furnish();
  const std::string before = bytes_of(ledger_path(h.path()));
  const instant marked = lineage::read(bytes_of(mark_path(ledger_path(h.path()))))->at;
  SUBCASE("that was lost") { std::filesystem::rename(ledger_path(h.path()), h.place.file("lost")); }
  SUBCASE("that is still there") {}
  const bool there = std::filesystem::exists(ledger_path(h.path()));
  const auto begun = begin_ledger(h.path(), h.r.time);
  REQUIRE_MESSAGE(begun.has_value(), (begun ? std::string() : begun.error().describe()));
  CHECK(begun->aside.has_value() == there);
  if (there) CHECK(bytes_of(*begun->aside) == before);
  CHECK(begun->known == marked);
  h.in_ledger([&](sqlite_ledger& book) { CHECK_FALSE(h.r.run(book.fire("f1")).value().has_value()); });
  CHECK_FALSE(h.setting(restored_setting).empty());
  CHECK_FALSE(std::filesystem::exists(spool_path(h.path()) + "/f1-t-1"));
}

TEST_CASE("a disk that fails at any step of an export costs the export and nothing else") {
  for (const int code : {SQLITE_IOERR_WRITE, SQLITE_FULL}) {
    house old;
    old.furnish();
    result<export_summary> out = export_summary{};
    const int steps = at_every_step(
        failing_disk::manner::from_then_on, code, [&](int) { out = take_out(old, old.place.file("export")); },
        [&](int) {
          if (!out) CHECK_MESSAGE(out.error().code == store::codes::disk, out.error().describe());
          CHECK_FALSE(std::filesystem::exists(ledger_path(old.path()) + ".export"));
        });
    CHECK(steps > 10);
    CHECK(out.has_value());
    old.check_furniture();
    CHECK(old.setting(restored_setting).empty());
  }
}

TEST_CASE("a disk that fails at any step of an import leaves the ledger that stood there") {
  move m;
  m.home.in_ledger([&](sqlite_ledger& book) { book.set("theirs", "1"); });
  const auto names = m.home.names();
  result<import_summary> in = import_summary{};
  const int steps = at_every_step(
      failing_disk::manner::from_then_on, SQLITE_IOERR_WRITE, [&](int) { in = bring_in(m.home, m.file); },
      [&](int) {
        if (in) return;
        CHECK_MESSAGE(in.error().code == store::codes::disk, in.error().describe());
        CHECK(std::filesystem::exists(ledger_path(m.home.path())));
        CHECK_FALSE(std::filesystem::exists(ledger_path(m.home.path()) + ".import"));
      });
  CHECK(steps > 10);
  REQUIRE(in.has_value());
  m.home.check_furniture();
}
