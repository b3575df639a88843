#include "ctl/progress.hpp"
#include "samples.hpp"

using namespace triggerd;

namespace {

nlohmann::json fire(int done, int actions, bool planned, int failed = 0) {
  auto out = test::one_fire("running");
  auto& leg = out["legs"][0];
  leg["state"] = "running";
  leg["planned"] = planned;
  leg["actions"] = actions;
  leg["done"] = done;
  leg["failed"] = failed;
  leg["unknown"] = 0;
  leg["items"] = 0;
  out["legs"].erase(1);
  return out;
}

steady_time at(int s) { return steady_time(std::chrono::seconds(s)); }

}  // namespace

TEST_CASE("the line tells how far, how fast and how long still") {
  ctl::progress far;
  far.see(fire(0, 100, true), at(0));
  CHECK(far.line(test::paper()) == "import-orders  [....................]  0/100");
  far.see(fire(50, 100, true), at(10));
  CHECK(far.line(test::paper()) == "import-orders  [##########..........]  50/100, 5.0/s, 10s left");
  far.see(fire(98, 100, true, 2), at(20));
  CHECK(far.line(test::paper()) == "import-orders  [####################]  100/100, 5.0/s, 2 failed");
}

TEST_CASE("on a narrow screen the numbers stay, not the picture") {
  ctl::progress far;
  far.see(fire(0, 100, true), at(0));
  far.see(fire(40, 100, true, 2), at(10));
  CHECK(far.line(test::terminal(80)) == "import-orders  [########............]  42/100, 4.2/s, 13s left, 2 failed");
  CHECK(far.line(test::terminal(60)) == "import-orders  42/100, 4.2/s, 13s left, 2 failed");
  CHECK(far.line(test::terminal(40)) == "import-…  42/100, 4.2/s, 13s left, 2 f…");
}

TEST_CASE("no time is promised while the plan is not whole") {
  ctl::progress far;
  far.see(fire(0, 10, false), at(0));
  far.see(fire(5, 20, false), at(5));
  CHECK_FALSE(far.left().has_value());
  CHECK(far.line(test::paper()) == "import-orders  5/20+, 1.0/s");
}

TEST_CASE("the rate forgets what is older than half a minute") {
  ctl::progress far;
  for (int s = 0; s <= 60; ++s) far.see(fire(s, 1'000, true), at(s));
  CHECK(far.per_second() == doctest::Approx(1));
  for (int s = 61; s <= 120; ++s) far.see(fire(60 + (s - 60) * 10, 1'000, true), at(s));
  CHECK(far.per_second() == doctest::Approx(10));
  for (int s = 121; s <= 200; ++s) far.see(fire(660, 1'000, true), at(s));
  CHECK(far.per_second() == 0);
  CHECK_FALSE(far.left().has_value());
}
