// The first phases of a daemon's life.
#pragma once

#include "base/async.hpp"
#include "base/result.hpp"

namespace triggerd {

struct instance;

// Takes what the daemon needs from this machine: folders, lock, ledger, keys, connections. Talks to nobody.
task<result<>> open(instance& here);
// Takes up what an earlier process left unfinished, and gives the engine its jobs.
task<result<>> recover(instance& here);

}  // namespace triggerd
