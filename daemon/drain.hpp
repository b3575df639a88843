// Letting work come to its end: no new fires, those at work may finish until the deadline.
#pragma once

#include "base/async.hpp"

namespace triggerd {

struct instance;

void begin_drain(instance& here);  // the daemon stays
void begin_stop(instance& here);   // and ends after it; asked a second time, at once

// Until no fire is at work or the time is up. Tells the service manager once a second how it goes.
task<> finish_drain(instance& here);

}  // namespace triggerd
