#include "unit/store/world.hpp"

#include "base/limits.hpp"
#include "store/codes.hpp"
#include "store/ledger_file.hpp"

#include <sys/stat.h>

using namespace triggerd;
using namespace triggerd::test;

namespace {

mode_t mode_of(const std::string& path) {
  struct stat seen {};
  REQUIRE(::stat(path.c_str(), &seen) == 0);
  return seen.st_mode & 07777;
}

class standing_clock final : public triggerd::clock {
 public:
  explicit standing_clock(instant at) : at_(at) {}
  instant now() const override { return at_; }
  steady_time steady() const override { return {}; }

 private:
  instant at_;
};

// What a power cut would leave of a fire: both files as they are now, opened elsewhere.
std::optional<fire_row> fire_after_a_cut(const sqlite_world& w, const std::string& id) {
  temporary_directory other;
  put_bytes(other.file("ledger.db"), bytes_of(w.path()));
  put_bytes(other.file("ledger.db-wal"), bytes_of(w.path() + "-wal"));
  runner r;
  no_log quiet;
  auto after = *sqlite_ledger::open(other.file("ledger.db"), r.loop.get_executor(), r.time, quiet);
  auto row = r.run(after->fire(id)).value();
  r.run(after->close());
  return row;
}

// The name that the words of a refusal give.
std::string set_aside_by(const error& why) {
  constexpr std::string_view before = "it was set aside as ";
  const std::size_t from = why.message.find(before);
  REQUIRE_MESSAGE(from != std::string::npos, why.message);
  const std::size_t begin = from + before.size();
  return why.message.substr(begin, why.message.find(". Bring", begin) - begin);
}

}  // namespace

TEST_CASE("the ledger's files are readable by their owner only, and older ones are made so") {
  temporary_directory place;
  runner r;
  no_log quiet;
  put_bytes(place.file("ledger.db"), "");
  REQUIRE(::chmod(place.file("ledger.db").c_str(), 0644) == 0);
  auto book = *sqlite_ledger::open(place.file("ledger.db"), r.loop.get_executor(), r.time, quiet);
  book->set("a", "1");
  CHECK(r.run(book->commit()).has_value());
  for (const auto& entry : std::filesystem::directory_iterator(place.path()))
    CHECK_MESSAGE(mode_of(entry.path().string()) == 0600, entry.path().string());
  CHECK(std::filesystem::exists(place.file("ledger.db-wal")));
  r.run(book->close());
  CHECK_FALSE(std::filesystem::exists(place.file("ledger.db-wal")));
}

TEST_CASE("what a commit promised is there after a copy of the files at that moment") {
  sqlite_world w;
  w.book().put(a_fire("f1"));
  CHECK(w.run(w.book().commit()).has_value());
  CHECK(fire_after_a_cut(w, "f1") == a_fire("f1"));
}

TEST_CASE("the log has room before it is needed, and what fills the room is no commit") {
  sqlite_world w;
  w.run(w.book().close());
  w.book_.reset();
  auto how = sqlite_world::quick();
  how.pacing.log_room = 1 << 20;
  how.pacing.idle_checkpoint = std::chrono::hours(1);
  w.book_ = *sqlite_ledger::open(w.path(), w.loop.get_executor(), w.time, w.journal, std::move(how));
  w.book().put(a_fire("f1"));
  CHECK(w.run(w.book().commit()).has_value());
  CHECK(std::filesystem::file_size(w.path() + "-wal") == (1u << 20));
  CHECK(fire_after_a_cut(w, "f1") == a_fire("f1"));
}

TEST_CASE("writes without a commit are written by the close") {
  sqlite_world w;
  w.book().set("a", "1");
  w.restart();
  CHECK(w.run(w.book().get("a")).value() == "1");
}

TEST_CASE("after the close everything says closed") {
  sqlite_world w;
  w.run(w.book().close());
  w.book().set("a", "1");
  CHECK(w.run(w.book().commit()).error().code == store::codes::closed);
  CHECK(w.run(w.book().get("a")).error().code == store::codes::closed);
}

TEST_CASE("a ledger dropped without a close loses no write that was handed over") {
  sqlite_world w;
  w.book().set("a", "1");
  CHECK(w.run(w.book().commit()).has_value());
  w.book_.reset();
  w.open();
  CHECK(w.run(w.book().get("a")).value() == "1");
}

TEST_CASE("a damaged file is set aside under another name, and nothing is begun in its place") {
  for (const bool truncated : {false, true}) {
    sqlite_world w;
    for (std::uint64_t i = 0; i < 5; ++i) put_large_action(w.book(), i);
    CHECK(w.run(w.book().commit()).has_value());
    w.run(w.book().close());
    std::string bytes = bytes_of(w.path());
    if (truncated) bytes.resize(bytes.size() / 2);
    else
      for (std::size_t i = 8'192; i < 60'000; ++i) bytes[i] = static_cast<char>(i * 37);
    put_bytes(w.path(), bytes);
    put_bytes(w.path() + "-wal", "");
    w.book_.reset();
    const auto refused = sqlite_ledger::open(w.path(), w.loop.get_executor(), w.time, w.journal);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == store::codes::damaged);
    const std::string aside = set_aside_by(refused.error());
    CHECK(aside.starts_with(w.path() + ".damaged-20"));
    CHECK(bytes_of(aside) == bytes);
    CHECK(refused.error().message.find("triggerd ledger import FILE") != std::string::npos);
    CHECK(refused.error().message.find("triggerd ledger new") != std::string::npos);
    // Also the second start does not take the empty place for a new one.
    const auto again = sqlite_ledger::open(w.path(), w.loop.get_executor(), w.time, w.journal);
    REQUIRE_FALSE(again.has_value());
    CHECK(again.error().code == store::codes::missing);
    CHECK_FALSE(std::filesystem::exists(w.path()));
  }
}

TEST_CASE("a file that is no database is set aside, and a second one beside it keeps both") {
  temporary_directory place;
  const std::string path = place.file("ledger.db");
  const standing_clock time(at_ms(1'795'487'070'291));
  for (const char* bytes :
       {"this is not a database, but long enough to be one of them, surely so .............. one",
        "this is not a database, but long enough to be one of them, surely so .............. two"}) {
    put_bytes(path, std::string(bytes) + std::string(1'000, '.'));
    const auto file = open_ledger_file(path, time);
    REQUIRE_FALSE(file.has_value());
    CHECK(bytes_of(set_aside_by(file.error())).starts_with(bytes));
  }
  CHECK(std::filesystem::exists(path + ".damaged-20261124T022430Z"));
  CHECK(std::filesystem::exists(path + ".damaged-20261124T022430Z.2"));
}

TEST_CASE("what is written in one turn of the loop is one transaction, however much it is") {
  sqlite_world w;
  for (std::size_t i = 0; i < 3 * limits::ledger_group; ++i) w.book().set("name-" + std::to_string(i), "1");
  CHECK(w.run(w.book().commit()).has_value());
  CHECK(w.book().health().commits == 1);
}

TEST_CASE("a leg that is written before and after its first action is there before it, as it was last") {
  sqlite_world w;
  w.book().put(a_leg("f", "t"));
  w.book().put(an_action("f", "t", 0));
  leg_row last = a_leg("f", "t");
  last.note = "last";
  w.book().put(last);
  CHECK(w.run(w.book().commit()).has_value());
  CHECK(w.run(w.book().legs("f")).value() == std::vector<leg_row>{last});
  CHECK(w.run(w.book().actions("f", "t", 0, 9, false)).value().size() == 1);
}

TEST_CASE("the log is folded into the file in a quiet moment") {
  sqlite_world w;
  for (std::uint64_t i = 0; i < 10; ++i) put_large_action(w.book(), i);
  CHECK(w.run(w.book().commit()).has_value());
  CHECK(w.until([&] { return std::filesystem::file_size(w.path()) > (8u << 20); }));
}

TEST_CASE("retention removes old fires and those beyond the count, never unfinished ones or memory") {
  sqlite_world w;
  const instant now = w.time.now();
  const auto put = [&](const std::string& id, const std::string& job, fire_state state, std::optional<instant> ended) {
    fire_row row = a_fire(id, job, state);
    row.ended = ended;
    w.book().put(row);
    w.book().put(a_leg(id, "t"));
    for (std::uint64_t i = 0; i < 300; ++i) w.book().put(an_action(id, "t", i, action_state::done));
  };
  const instant old = now - std::chrono::hours(48);
  put("f1", "a", fire_state::done, old);
  put("f2", "a", fire_state::running, std::nullopt);
  put("f3", "a", fire_state::done, now);
  put("f4", "b", fire_state::done, now);
  put("f5", "b", fire_state::failed, now);
  put("f6", "b", fire_state::done, now);
  w.book().remember({"items", "k", "v", "a", "f1", old});
  CHECK(w.run(w.book().commit()).has_value());

  CHECK(w.run(w.book().prune(std::chrono::hours(24), 0)).value() == 302);
  CHECK_FALSE(w.run(w.book().fire("f1")).value().has_value());
  CHECK(w.run(w.book().legs("f1")).value().empty());
  CHECK(w.run(w.book().actions("f1", "t", 0, 1, false)).value().empty());

  CHECK(w.run(w.book().prune(milliseconds(0), 1)).value() == 604);
  std::string left;
  for (const auto& row : w.run(w.book().fires({})).value()) left += row.id + " ";
  CHECK(left == "f6 f3 f2 ");
  CHECK(w.run(w.book().recall("items", {"k"})).value().size() == 1);
  CHECK(w.run(w.book().prune(milliseconds(0), 0)).value() == 0);
}

TEST_CASE("a word that is no state is damage and not a guess") {
  sqlite_world w;
  w.book().put(a_fire("f1"));
  w.run(w.book().close());
  w.book_.reset();
  {
    auto db = connection::open(w.path());
    CHECK(db->run("UPDATE fire SET state = 'dreaming'").has_value());
  }
  w.open();
  const auto read = w.run(w.book().fire("f1"));
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().code == store::codes::damaged);
  CHECK(read.error().message.find("dreaming") != std::string::npos);
}

TEST_CASE("each transaction tells how long it took") {
  std::vector<std::chrono::nanoseconds> took;
  sqlite_world w;
  w.run(w.book().close());
  w.book_.reset();
  auto how = sqlite_world::quick();
  how.on_commit = [&took](std::chrono::nanoseconds span) { took.push_back(span); };
  w.book_ = *sqlite_ledger::open(w.path(), w.loop.get_executor(), w.time, w.journal, std::move(how));
  w.book().set("a", "1");
  CHECK(w.run(w.book().commit()).has_value());
  CHECK(w.run(w.book().get("a")).has_value());
  CHECK(took.size() == 1);
  CHECK(took.size() == w.book().health().commits);
  CHECK(took.front().count() > 0);
}
