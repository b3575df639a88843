#include "unit/store/world.hpp"

#include "store/codes.hpp"
#include "support/virtual_time.hpp"

using namespace triggerd;
using namespace triggerd::test;

namespace {

struct slow_world {
  virtual_time time;
  memory_disk disk;
  std::unique_ptr<memory_ledger> book = std::make_unique<memory_ledger>(disk, time, time);

  // Puts a setting, commits and notes what came of it.
  void commit(const std::string& name, std::string& out) {
    time.spawn([](ledger& book, std::string name, std::string& out) -> task<> {
      book.set(name, "1");
      const auto kept = co_await book.commit();
      out += name;
      out += kept ? "+" : "-";
    }(*book, name, out));
    time.run();
  }
  bool has(const std::string& name) { return disk.rows().get(name).has_value(); }
};

}  // namespace

TEST_CASE("a crash drops what was not durable and keeps what was") {
  slow_world w;
  std::string out;
  w.commit("a", out);
  w.book->set("b", "1");
  w.book->crash();
  CHECK(out == "a+");
  w.book = std::make_unique<memory_ledger>(w.disk, w.time, w.time);
  CHECK(w.has("a"));
  CHECK_FALSE(w.has("b"));
}

TEST_CASE("the dead process's ledger has no effect on the disk and says closed") {
  slow_world w;
  const auto dead = std::move(w.book);
  dead->crash();
  w.book = std::make_unique<memory_ledger>(w.disk, w.time, w.time);
  error_code code;
  w.time.spawn([](ledger& book, error_code& out) -> task<> {
    book.set("x", "1");
    const auto kept = co_await book.commit();
    out = kept.error().code;
  }(*dead, code));
  w.time.run();
  CHECK(code == store::codes::closed);
  CHECK_FALSE(w.has("x"));
}

TEST_CASE("what is written during a commit goes with the next one") {
  slow_world w;
  w.disk.commit_takes = [] { return milliseconds(10); };
  std::string out;
  w.commit("a", out);
  w.commit("b", out);
  w.commit("c", out);
  w.time.advance(milliseconds(10));
  CHECK(out == "a+");
  CHECK_FALSE(w.has("b"));
  w.time.advance(milliseconds(10));
  CHECK(out == "a+b+c+");
  CHECK(w.book->health().commits == 2);
  CHECK(w.book->health().rows == 3);
}

TEST_CASE("a crash during a commit can go either way, and the waiter is told closed both times") {
  for (const bool survives : {false, true}) {
    slow_world w;
    w.disk.commit_takes = [] { return milliseconds(10); };
    std::string out;
    w.commit("a", out);
    w.book->set("late", "1");
    w.book->crash(survives);
    w.time.run();
    CHECK(out == "a-");
    CHECK(w.has("a") == survives);
    CHECK_FALSE(w.has("late"));
    CHECK(w.time.armed() == 0);
  }
}

TEST_CASE("a refused commit voids everything up to it and the next one works again") {
  slow_world w;
  int asked = 0;
  w.disk.refuse_commit = [&asked](std::size_t) -> std::optional<std::string> {
    if (++asked == 1) return "torn write";
    return std::nullopt;
  };
  std::string out;
  w.commit("a", out);
  CHECK_FALSE(w.has("a"));
  w.commit("b", out);
  CHECK(out == "a-b+");
  CHECK(w.has("b"));
}

TEST_CASE("a broken disk fails every commit until it is mended, and health says so") {
  slow_world w;
  w.disk.commit_takes = [] { return milliseconds(10); };
  std::string out;
  w.commit("a", out);
  w.disk.broken = "no space left";
  w.time.advance(milliseconds(10));
  w.commit("b", out);
  CHECK(out == "a-b-");
  CHECK_FALSE(w.book->health().writable);
  CHECK(w.book->health().trouble.find("no space left") != std::string::npos);
  CHECK(w.book->health().since.has_value());
  w.disk.broken.reset();
  CHECK(w.book->health().writable);
  w.commit("c", out);
  w.time.advance(milliseconds(10));
  CHECK(out == "a-b-c+");
  CHECK_FALSE(w.has("a"));
}

TEST_CASE("writes lost without a waiting commit are reported by the next commit") {
  slow_world w;
  w.disk.broken = "gone";
  w.book->set("a", "1");
  w.disk.broken.reset();
  w.book->set("b", "builds on a");
  std::string out;
  w.commit("c", out);
  w.commit("d", out);
  CHECK(out == "c-d+");
  CHECK_FALSE(w.has("a"));
  CHECK_FALSE(w.has("b"));
  CHECK_FALSE(w.has("c"));
  CHECK(w.has("d"));
}

TEST_CASE("the dump shows the bytes of rows on their way and of spool bodies") {
  slow_world w;
  w.disk.commit_takes = [] { return milliseconds(10); };
  std::string out;
  w.commit("name-of-a-setting", out);
  w.book->put(a_leg("f", "t"));
  action_row row = an_action("f", "t", 1);
  row.body = "body-bytes";
  w.book->put(row);
  w.book->put(a_leg("f", "target-name"));
  CHECK(w.book->dump().find("name-of-a-setting") != std::string::npos);
  CHECK(w.book->dump().find("body-bytes") != std::string::npos);
  CHECK(w.book->dump().find("target-name") != std::string::npos);
  CHECK(w.disk.dump().find("body-bytes") == std::string::npos);
  memory_spool spool(w.disk);
  w.time.spawn([](store::spool& s) -> task<> {
    (void)co_await s.write("chunk", std::make_shared<const std::string>("spooled-bytes"));
  }(spool));
  w.time.run();
  CHECK(w.disk.dump().find("spooled-bytes") != std::string::npos);
  w.time.advance(seconds(1));
}
