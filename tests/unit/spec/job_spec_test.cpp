#include "spec/job_spec.hpp"

#include <doctest/doctest.h>

using namespace triggerd::spec;

TEST_CASE("a job's kind follows from what it holds") {
  job_spec job;
  CHECK(name(job.kind()) == "trigger");
  job.what = batch_spec{};
  CHECK(name(job.kind()) == "batch");
  job.what = replay_spec{};
  CHECK(name(job.kind()) == "replay");
  job.what = env_sync_spec{};
  CHECK(name(job.kind()) == "env-sync");
}
