// A disk that refuses: who is told, what is lost, and that it is well again some time.
#include "unit/store/world.hpp"

#include "store/codes.hpp"

#include <sys/resource.h>

#include <csignal>

using namespace triggerd;
using namespace triggerd::test;

namespace {

// A limit on the size of files, as a full disk would set one; lifted at the end.
class file_size_limit {
 public:
  explicit file_size_limit(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    struct rlimit now = before_;
    now.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  ~file_size_limit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  file_size_limit(const file_size_limit&) = delete;
  file_size_limit& operator=(const file_size_limit&) = delete;

 private:
  struct rlimit before_ {};
};

}  // namespace

TEST_CASE("a full disk fails commits at once, keeps answering, and is noticed when it is well again") {
  sqlite_world w;
  w.book().set("before", "1");
  CHECK(w.run(w.book().commit()).has_value());
  CHECK(w.run(w.book().limit_size(1)).has_value());  // nor is there room for what the writer tries by itself

  put_large_action(w.book(), 1);
  w.book().set("with-it", "1");
  const auto refused = w.run(w.book().commit());
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == store::codes::disk);
  CHECK(refused.error().message.find("full") != std::string::npos);
  CHECK_FALSE(w.book().health().writable);
  CHECK(w.book().health().trouble.find("full") != std::string::npos);
  CHECK(w.book().health().since.has_value());
  CHECK(w.book().health().queued == 0);
  CHECK(w.journal.has("cannot be written"));

  CHECK(w.run(w.book().get("before")).value() == "1");
  CHECK_FALSE(w.run(w.book().get("with-it")).value().has_value());
  CHECK(w.run(w.book().actions("f", "t", 0, 9, false)).value().empty());

  CHECK(w.run(w.book().limit_size(0)).has_value());
  CHECK(w.until([&] { return w.book().health().writable; }));
  CHECK(w.journal.has("can be written again"));
  put_large_action(w.book(), 2);
  CHECK(w.run(w.book().commit()).has_value());
  CHECK(w.run(w.book().actions("f", "t", 0, 9, false)).value().size() == 1);
}

TEST_CASE("a disk that stays full stays reported") {
  sqlite_world w;
  CHECK(w.run(w.book().limit_size(1)).has_value());
  put_large_action(w.book(), 1);
  CHECK_FALSE(w.run(w.book().commit()).has_value());
  CHECK_FALSE(w.run(w.book().commit()).has_value());
  (void)w.until([&w, turns = 0]() mutable { return ++turns > 20 || w.book().health().writable; });
  CHECK_FALSE(w.book().health().writable);
  w.book().set("a", "1");
  CHECK(w.run(w.book().commit()).error().code == store::codes::disk);
}

TEST_CASE("an error of the file system is trouble like a full disk, and passes") {
  sqlite_world w;
  w.book().set("before", "1");
  CHECK(w.run(w.book().commit()).has_value());
  {
    const file_size_limit quota(100'000);
    put_large_action(w.book(), 1);
    const auto refused = w.run(w.book().commit());
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == store::codes::disk);
    CHECK(w.run(w.book().get("before")).value() == "1");
  }
  CHECK(w.until([&] { return w.book().health().writable; }));
  put_large_action(w.book(), 2);
  CHECK(w.run(w.book().commit()).has_value());
  w.restart();
  CHECK(w.run(w.book().actions("f", "t", 0, 9, false)).value().size() == 1);
}

TEST_CASE("everybody whose rows were in the failed transaction is told, nobody else") {
  sqlite_world w;
  CHECK(w.run(w.book().limit_size(200'000)).has_value());
  int failed = 0;
  const auto one = [](ledger& book, std::uint64_t number, int& count) -> task<> {
    put_large_action(book, number);
    const auto kept = co_await book.commit();
    if (!kept) ++count;
  };
  for (std::uint64_t i = 0; i < 20; ++i) w.spawn(one(w.book(), i, failed));
  w.spin();
  CHECK(failed == 20);
  CHECK(w.run(w.book().limit_size(0)).has_value());
  CHECK(w.until([&] { return w.book().health().writable; }));
  CHECK(w.run(w.book().actions("f", "t", 0, 100, false)).value().empty());
  w.book().set("after", "1");
  CHECK(w.run(w.book().commit()).has_value());
}

TEST_CASE("writes lost without a waiting commit are reported by the next commit, also when the disk is back") {
  sqlite_world w;
  CHECK(w.run(w.book().limit_size(200'000)).has_value());
  put_large_action(w.book(), 1);
  (void)w.run(w.book().get("x"));  // hands the write over without a commit
  CHECK(w.until([&] { return !w.book().health().writable; }));
  CHECK(w.run(w.book().limit_size(0)).has_value());
  CHECK(w.until([&] { return w.book().health().writable; }));
  w.book().set("builds-on-it", "1");
  CHECK_FALSE(w.run(w.book().commit()).has_value());
  CHECK_FALSE(w.run(w.book().get("builds-on-it")).value().has_value());
  w.book().set("fresh", "1");
  CHECK(w.run(w.book().commit()).has_value());
}
