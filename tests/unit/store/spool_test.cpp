#include "unit/store/world.hpp"

#include "store/codes.hpp"
#include "store/lock.hpp"
#include "store/spool.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace triggerd;
using namespace triggerd::test;

namespace {

std::unique_ptr<file_spool> open_spool(runner& r, const temporary_directory& place, std::uint64_t most = 1u << 20) {
  auto made = file_spool::open(place.file("spool"), most, r.loop.get_executor());
  REQUIRE_MESSAGE(made.has_value(), (made ? std::string() : made.error().describe()));
  return std::move(*made);
}

std::shared_ptr<const std::string> a_body(std::string body) {
  return std::make_shared<const std::string>(std::move(body));
}

}  // namespace

TEST_CASE("a body is written privately, read back whole and removed") {
  temporary_directory place;
  runner r;
  const auto spool = open_spool(r, place);
  const std::string body = std::string("line\n\0line", 10) + std::string(300'000, 'x');
  CHECK(r.run(spool->write("f1-t-0", a_body(body))).has_value());
  CHECK(r.run(spool->read("f1-t-0")).value() == body);
  CHECK(spool->bytes() == body.size());
  struct stat seen {};
  REQUIRE(::stat(place.file("spool/f1-t-0").c_str(), &seen) == 0);
  CHECK((seen.st_mode & 07777) == 0600);
  REQUIRE(::stat(place.file("spool").c_str(), &seen) == 0);
  CHECK((seen.st_mode & 07777) == 0700);
  CHECK(r.run(spool->write("f1-t-0", a_body("short"))).has_value());
  CHECK(r.run(spool->read("f1-t-0")).value() == "short");
  CHECK(spool->bytes() == 5);
  CHECK(r.run(spool->remove("f1-t-0")).has_value());
  CHECK(r.run(spool->remove("f1-t-0")).has_value());
  CHECK(r.run(spool->read("f1-t-0")).error().code == store::codes::no_spool_file);
  CHECK(spool->bytes() == 0);
}

TEST_CASE("the bound on all bodies holds, and replacing counts the difference") {
  temporary_directory place;
  runner r;
  const auto spool = open_spool(r, place, 100);
  CHECK(r.run(spool->write("a", a_body(std::string(60, 'x')))).has_value());
  const auto refused = r.run(spool->write("b", a_body(std::string(41, 'x'))));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == store::codes::spool_full);
  CHECK_FALSE(std::filesystem::exists(place.file("spool/b")));
  CHECK(r.run(spool->write("a", a_body(std::string(100, 'x')))).has_value());
  CHECK(r.run(spool->remove("a")).has_value());
  CHECK(r.run(spool->write("b", a_body(std::string(41, 'x')))).has_value());
}

TEST_CASE("a new start counts what is there, drops half-written files and sweeps orphans") {
  temporary_directory place;
  runner r;
  {
    const auto spool = open_spool(r, place);
    for (const char* name : {"a", "b", "c"}) CHECK(r.run(spool->write(name, a_body("12345"))).has_value());
  }
  put_bytes(place.file("spool/d.new"), "half");
  const auto spool = open_spool(r, place);
  CHECK(spool->bytes() == 15);
  CHECK_FALSE(std::filesystem::exists(place.file("spool/d.new")));
  CHECK(r.run(spool->sweep({"b", "not-there"})).value() == 2);
  CHECK(spool->bytes() == 5);
  CHECK(r.run(spool->read("b")).value() == "12345");
  CHECK_FALSE(std::filesystem::exists(place.file("spool/a")));
}

TEST_CASE("a name that leads elsewhere is refused") {
  temporary_directory place;
  runner r;
  const auto spool = open_spool(r, place);
  for (const char* name : {"", "../ledger.db", "/etc/passwd", ".", "..", ".hidden", "a/b", "a.new", "sp ace"}) {
    CHECK(r.run(spool->write(name, a_body("x"))).error().code == store::codes::unusable_name);
    CHECK(r.run(spool->read(name)).error().code == store::codes::unusable_name);
    CHECK(r.run(spool->remove(name)).error().code == store::codes::unusable_name);
  }
}

TEST_CASE("a directory that vanished is trouble of the disk") {
  temporary_directory place;
  runner r;
  const auto spool = open_spool(r, place);
  std::filesystem::remove_all(place.file("spool"));
  const auto refused = r.run(spool->write("a", a_body("x")));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == store::codes::disk);
  CHECK(spool->bytes() == 0);
}

TEST_CASE("the spool in memory keeps the same promises") {
  runner r;
  memory_disk disk;
  memory_spool spool(disk, 100);
  CHECK(r.run(spool.write("a", a_body(std::string(60, 'x')))).has_value());
  CHECK(r.run(spool.write("b", a_body(std::string(41, 'x')))).error().code == store::codes::spool_full);
  CHECK(r.run(spool.write("b", a_body("y"))).has_value());
  CHECK(r.run(spool.sweep({"b"})).value() == 1);
  CHECK(r.run(spool.read("a")).error().code == store::codes::no_spool_file);
  spool.crash();
  CHECK(r.run(spool.write("c", a_body("z"))).error().code == store::codes::closed);
  memory_spool next(disk);
  CHECK(r.run(next.read("b")).value() == "y");
}

TEST_CASE("the lock is held once, names its holder, and goes with it") {
  temporary_directory place;
  {
    const auto first = state_lock::take(place.path());
    REQUIRE(first.has_value());
    const auto second = state_lock::take(place.path());
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().code == store::codes::locked);
    CHECK(second.error().message.find("process " + std::to_string(::getpid())) != std::string::npos);
    CHECK(second.error().message.find(place.path()) != std::string::npos);
  }
  CHECK(state_lock::take(place.path()).has_value());
}

TEST_CASE("a lock moves with its owner and is not dropped by the one it moved from") {
  temporary_directory place;
  auto first = state_lock::take(place.path());
  REQUIRE(first.has_value());
  const state_lock kept = std::move(*first);
  first = fail(store::codes::disk, "gone");
  CHECK_FALSE(state_lock::take(place.path()).has_value());
}

TEST_CASE("a lock in a missing directory says which") {
  const auto refused = state_lock::take("/nonexistent/state");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.find("/nonexistent/state/lock") != std::string::npos);
}
