// The last phase: everything is put down in an order in which nothing is lost.
#pragma once

#include "base/async.hpp"

namespace triggerd {

struct instance;

// After a drain, or after a phase that failed: parts that were never made are passed over. Afterwards the loop runs dry.
task<> close(instance& here);

}  // namespace triggerd
