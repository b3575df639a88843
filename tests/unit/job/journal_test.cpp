#include "job/journal.hpp"
#include "store/codes.hpp"
#include "store/memory_ledger.hpp"
#include "support/shown_result.hpp"
#include "support/virtual_time.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using namespace std::chrono_literals;

namespace {

struct journal_bench {
  test::virtual_time time;
  store::memory_disk disk;
  store::memory_ledger ledger{disk, time, time};
  no_log log;
  job::journal journal{ledger, time.loop().get_executor(), time, time, log};

  static task<> wait(job::journal& of, std::optional<result<>>& out) { out = co_await of.commit(); }
  std::optional<result<>> commit() {
    std::optional<result<>> out;
    time.spawn(wait(journal, out));
    time.run();
    return out;
  }
  void close() {
    time.spawn(journal.close());
    time.run();
  }
};

}  // namespace

TEST_CASE("a commit completes when everything written before it is durable") {
  journal_bench b;
  b.disk.commit_takes = [] { return 10ms; };
  b.journal.set("a", "1");
  std::optional<result<>> done;
  b.time.spawn(journal_bench::wait(b.journal, done));
  b.time.advance(9ms);
  CHECK_FALSE(done.has_value());
  b.time.advance(1ms);
  REQUIRE(done.has_value());
  CHECK(done->has_value());
  CHECK(b.disk.rows().get("a") == "1");
  b.close();
}

TEST_CASE("a disk that refuses holds commits back, and gets everything when it is well again") {
  journal_bench b;
  b.disk.broken = "no space left on device";
  b.journal.set("a", "1");
  std::optional<result<>> first, second;
  b.time.spawn(journal_bench::wait(b.journal, first));
  b.time.run();
  CHECK_FALSE(b.journal.well());
  CHECK(b.journal.trouble().find("no space") != std::string::npos);
  b.journal.set("b", "2");
  b.time.spawn(journal_bench::wait(b.journal, second));
  b.time.advance(10s);
  CHECK_FALSE(first.has_value());
  b.disk.broken.reset();
  b.time.advance(5s);
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  CHECK(first->has_value());
  CHECK(second->has_value());
  CHECK(b.journal.well());
  CHECK(b.disk.rows().get("a") == "1");
  CHECK(b.disk.rows().get("b") == "2");
  b.close();
}

TEST_CASE("one refused commit loses nothing") {
  journal_bench b;
  int refusals = 1;
  b.disk.refuse_commit = [&](std::size_t) -> std::optional<std::string> {
    if (refusals-- > 0) return "input/output error";
    return std::nullopt;
  };
  b.journal.set("a", "1");
  auto done = b.commit();
  if (!done) {
    b.time.advance(5s);
    done = b.commit();
  }
  REQUIRE(done.has_value());
  CHECK(done->has_value());
  CHECK(b.disk.rows().get("a") == "1");
  b.close();
}

TEST_CASE("a journal that is to end no longer waits for a disk that refuses") {
  journal_bench b;
  b.disk.broken = "no space left on device";
  b.journal.set("a", "1");
  std::optional<result<>> before;
  b.time.spawn(journal_bench::wait(b.journal, before));
  b.time.advance(10s);
  CHECK_FALSE(before.has_value());
  b.journal.wait_no_longer();
  b.time.run();
  REQUIRE(before.has_value());
  REQUIRE_FALSE(before->has_value());
  CHECK(before->error().code == store::codes::disk);
  b.journal.set("b", "2");
  b.disk.broken.reset();
  b.close();
  CHECK_FALSE(b.disk.rows().get("b").has_value());
}

TEST_CASE("a journal that is to end goes on writing while the disk is well") {
  journal_bench b;
  b.journal.wait_no_longer();
  b.journal.set("a", "1");
  const auto done = b.commit();
  REQUIRE(done.has_value());
  CHECK(done->has_value());
  CHECK(b.disk.rows().get("a") == "1");
  b.close();
}

TEST_CASE("a ledger that is gone ends every commit with its error") {
  journal_bench b;
  b.disk.commit_takes = [] { return 1s; };
  b.journal.set("a", "1");
  std::optional<result<>> done;
  b.time.spawn(journal_bench::wait(b.journal, done));
  b.time.run();
  b.ledger.crash();
  b.time.advance(2s);
  REQUIRE(done.has_value());
  REQUIRE(done->has_error());
  CHECK(done->error().code == store::codes::closed);
  b.journal.set("b", "2");
  const auto later = b.commit();
  CHECK(later.has_value());
  b.close();
}

TEST_CASE("who listens is told when trouble begins and when it ends") {
  journal_bench b;
  int told = 0;
  b.journal.on_change([&] { ++told; });
  b.disk.broken = "no space left on device";
  b.journal.set("a", "1");
  b.journal.flush();
  b.time.run();
  CHECK(told == 1);
  b.disk.broken.reset();
  b.time.advance(5s);
  CHECK(told == 2);
  b.close();
}
