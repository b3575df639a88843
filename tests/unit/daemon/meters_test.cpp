#include "meters.hpp"

#include "base/limits.hpp"

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

TEST_CASE(
    "of very many jobs the first that have something to say have series, and what others do is counted without a "
    "name") {
  meters counted("1.0");
  standing now;
  for (std::size_t n = 0; n <= limits::job_series; ++n) {
    const std::string name = "job-" + std::to_string(n);
    counted.happened({.kind = "fire-started", .job = name});
    counted.happened({.kind = "fire-ended", .job = name, .state = "failed"});
  }
  REQUIRE(counted.jobs_heard_of().size() == limits::job_series);
  for (const std::string& name : counted.jobs_heard_of()) now.jobs[name] = {"trigger", false};
  now.jobs_untold = 1;
  const std::string text = counted.render(now);
  CHECK(says(text, "triggerd_fires_total{job_name=\"job-0\",state=\"failed\"} 1\n"));
  CHECK(says(text, "triggerd_job_ok{job_name=\"job-0\"} 0\n"));
  CHECK(says(text, "triggerd_fires_total{state=\"failed\"} 1\n"));
  CHECK(says(text, "triggerd_fires_total{state=\"done\"} 0\n"));
  CHECK(says(text, "triggerd_jobs_untold 1\n"));
  CHECK_FALSE(says(text, "job-" + std::to_string(limits::job_series)));
}

TEST_CASE("a job that is gone leaves its series to another one") {
  meters counted("1.0");
  counted.happened({.kind = "fire-started", .job = "gone"});
  standing now;
  now.jobs["new"] = {"trigger", false};
  CHECK_FALSE(says(counted.render(now), "gone"));
  CHECK(counted.jobs_heard_of().empty());
}
