// A ledger that turned out to be a copy: a restored backup, or one that moved here.
#pragma once

#include "base/async.hpp"
#include "base/result.hpp"

namespace triggerd {

struct instance;

// Once for each copy, before anything fires: says so in the log and for triggerctl status, and pauses every job that
// replays. Runs, batches and variables find again what was done since the copy was made, by their keys and values; a
// replay has no key, and which runs were replayed since is not in the copy. `triggerctl resume JOB` lets it go on.
task<result<>> heed_copy(instance& here);

}  // namespace triggerd
