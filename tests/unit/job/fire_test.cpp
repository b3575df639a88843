#include "job/fire.hpp"
#include "job/pacing.hpp"

#include <doctest/doctest.h>

using namespace triggerd;
using store::fire_state;
using store::leg_state;

namespace {

fire_state of(std::vector<leg_state> states) {
  std::vector<store::leg_row> legs;
  for (const auto state : states) {
    store::leg_row leg;
    leg.state = state;
    legs.push_back(leg);
  }
  return job::together(legs);
}

}  // namespace

TEST_CASE("a fire comes to the worst of its legs, and what is unknown is the worst") {
  CHECK(of({}) == fire_state::done);
  CHECK(of({leg_state::done, leg_state::done}) == fire_state::done);
  CHECK(of({leg_state::done, leg_state::failed}) == fire_state::failed);
  CHECK(of({leg_state::failed, leg_state::unknown}) == fire_state::unknown);
  CHECK(of({leg_state::done, leg_state::cancelled}) == fire_state::cancelled);
  CHECK(of({leg_state::failed, leg_state::skipped}) == fire_state::failed);
  CHECK(of({leg_state::skipped}) == fire_state::skipped);
}

TEST_CASE("a pace spaces items out and saves up no credit") {
  job::pacer pace(spec::rate{10, std::chrono::seconds(1)});
  steady_time now{};
  CHECK(pace.wait(now).count() == 0);
  pace.took(5, now);
  CHECK(pace.wait(now) == std::chrono::milliseconds(500));
  now += std::chrono::hours(1);
  CHECK(pace.wait(now).count() == 0);
  pace.took(1, now);
  CHECK(pace.wait(now) == std::chrono::milliseconds(100));
  CHECK(job::pacer(std::nullopt).wait(now).count() == 0);
}

TEST_CASE("what is open under one name is counted together") {
  job::shared_count open;
  open.add("bulk:env_1");
  open.add("bulk:env_1");
  open.add("bulk:env_2");
  open.remove("bulk:env_1");
  open.remove("bulk:env_3");
  CHECK(open.of("bulk:env_1") == 1);
  CHECK(open.of("bulk:env_2") == 1);
  CHECK(open.of("bulk:env_3") == 0);
}
