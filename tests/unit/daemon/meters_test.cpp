#include "meters.hpp"

#include <doctest/doctest.h>

using namespace triggerd;

namespace {

target::exchange_seen seen(const std::string& target, const std::string& lane) {
  return {target, lane, "tasks.trigger", "ok", std::chrono::milliseconds(3)};
}

bool says(const std::string& text, std::string_view line) { return text.find(line) != std::string::npos; }

}  // namespace

TEST_CASE("requests are counted on after the metrics were read and after a target came back") {
  meters counted("1.0");
  const std::string one = "one", lane = "job";
  counted.exchanged(seen(one, lane), "trigger");
  standing now;
  now.targets[one];
  const std::string of_one =
      R"(triggerd_requests_total{endpoint="tasks.trigger",kind="trigger",outcome="ok",target="one"} )";
  CHECK(says(counted.render(now), of_one + "1\n"));
  counted.exchanged(seen(one, lane), "trigger");
  CHECK(says(counted.render(now), of_one + "2\n"));
  now.targets.clear();
  CHECK_FALSE(says(counted.render(now), of_one));
  counted.exchanged(seen(one, lane), "trigger");
  now.targets[one];
  CHECK(says(counted.render(now), of_one + "1\n"));
}
