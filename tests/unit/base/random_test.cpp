#include "base/random.hpp"

#include <doctest/doctest.h>

#include <array>
#include <set>

using namespace triggerd;

TEST_CASE("the same seed gives the same numbers") {
  seeded_random one(7), same(7), other(8);
  bool differs = false;
  for (int i = 0; i < 10; ++i) {
    const auto value = one.next();
    CHECK(value == same.next());
    differs = differs || value != other.next();
  }
  CHECK(differs);
}

TEST_CASE("below stays below its bound and reaches every value") {
  seeded_random random(3);
  std::array<int, 6> seen{};
  for (int i = 0; i < 600; ++i) {
    const auto value = random.below(6);
    REQUIRE(value < 6);
    ++seen[value];
  }
  for (const int count : seen) CHECK(count > 50);
  CHECK(random.below(0) == 0);
  CHECK(random.below(1) == 0);
}

TEST_CASE("below rejects the uneven tail instead of folding it back") {
  struct scripted final : random_source {
    std::array<std::uint64_t, 2> values{UINT64_MAX, 5};
    std::size_t used = 0;
    std::uint64_t next() override { return values[used++]; }
  };
  scripted random;
  CHECK(random.below(10) == 5);
  CHECK(random.used == 2);
}

TEST_CASE("unit lies in [0, 1)") {
  struct edges final : random_source {
    std::uint64_t value = 0;
    std::uint64_t next() override { return value; }
  };
  edges random;
  CHECK(random.unit() == 0.0);
  random.value = UINT64_MAX;
  CHECK(random.unit() < 1.0);
  CHECK(random.unit() > 0.999999);
}

TEST_CASE("a UUID says that it is random") {
  seeded_random random(4);
  for (int i = 0; i < 50; ++i) {
    const std::string id = random.uuid_v4();
    REQUIRE(id.size() == 36);
    for (const std::size_t dash : {8u, 13u, 18u, 23u}) CHECK(id[dash] == '-');
    CHECK(id[14] == '4');
    CHECK(std::string("89ab").find(id[19]) != std::string::npos);
  }
}

TEST_CASE("the machine's numbers do not repeat") {
  machine_random random;
  CHECK(random.next() != random.next());
}

TEST_CASE("the machine's numbers do not come twice, also where one draw ends and the next begins") {
  machine_random random;
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 200; ++i) CHECK(seen.insert(random.next()).second);
  CHECK_FALSE(seen.contains(0));
}
