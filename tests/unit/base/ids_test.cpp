#include "base/ids.hpp"

#include "support/virtual_time.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace triggerd;

TEST_CASE("ids sort by time") {
  test::virtual_time time;
  seeded_random random(1);
  id_maker ids(time, random);
  const std::string first = ids.make();
  time.step_wall(milliseconds(1));
  const std::string second = ids.make();
  CHECK(first.size() == 26);
  CHECK(first.find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz") == std::string::npos);
  CHECK(first < second);
  CHECK(first.substr(0, 10) < second.substr(0, 10));
}

TEST_CASE("ids strictly increase while the clock stands still or goes back") {
  test::virtual_time time;
  seeded_random random(2);
  id_maker ids(time, random);
  std::string last;
  for (int i = 0; i < 2'000; ++i) {
    if (i == 1'000) time.step_wall(-seconds(3'600));
    const std::string id = ids.make();
    CHECK(last < id);
    last = id;
  }
}

TEST_CASE("an id carries over when its random digits are used up") {
  struct highest final : random_source {
    std::uint64_t next() override { return ~0ULL; }
  };
  test::virtual_time time;
  highest random;
  id_maker ids(time, random);
  const std::string first = ids.make();
  const std::string second = ids.make();
  CHECK(first.substr(10) == std::string(16, 'z'));
  CHECK(second.substr(10) == std::string(16, '0'));
  CHECK(first < second);
}

TEST_CASE("two makers with other seeds do not meet") {
  test::virtual_time time;
  seeded_random one(1), other(2);
  id_maker a(time, one), b(time, other);
  std::set<std::string> seen;
  for (int i = 0; i < 500; ++i) {
    seen.insert(a.make());
    seen.insert(b.make());
  }
  CHECK(seen.size() == 1'000);
}
