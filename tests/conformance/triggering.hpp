// The calls that make runs: one trigger, and batches in their two phases.
#pragma once

#include "conformance/conversation.hpp"

namespace triggerd::conformance {

task<result<verdict>> trigger_one(const caller& from, const json& args, bool iterate);
task<result<verdict>> trigger_batch_of_one_task(const caller& from, const json& args, bool iterate);
task<result<verdict>> trigger_batch(const caller& from, const json& args, bool iterate);
task<result<verdict>> retrieve_batch(const caller& from, const json& args, bool iterate);

}  // namespace triggerd::conformance
