// The phase in which the doors are open.
#pragma once

#include "base/async.hpp"
#include "base/result.hpp"

namespace triggerd {

struct instance;

// Binds the doors, lets schedules begin, and tells the service manager. Completes at once; work goes on by itself.
result<> serve(instance& here);

}  // namespace triggerd
