// When fires of earlier processes ended, so that "no success for a day" is also known after a restart.
#pragma once

#include "base/async.hpp"

namespace triggerd {

struct instance;

task<> recall_ends(instance& here);

}  // namespace triggerd
