// The actions of a batch job on one target as a stream: chunks, or with send = "each" single triggers.
#pragma once

#include "job/kind.hpp"

namespace triggerd::job {

// The leg outlives the planner. job.source-changed when it cannot go on at `position` because the source is another now.
task<result<std::unique_ptr<planner>>> plan_batch(const leg_view& leg, std::string position, memory remembered,
                                                  inputs& from, cancellation& cancel);

// The space of the ledger's memory in which the keys of finished items stand; empty when keys hold for one fire only.
std::string item_space(const leg_view& leg);

}  // namespace triggerd::job
