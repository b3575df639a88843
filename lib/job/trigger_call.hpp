// Sends one trigger, and finds out what became of one whose answer was lost.
#pragma once

#include "job/kind.hpp"

namespace triggerd::job {

task<effect> send_trigger(const leg_view& leg, const store::action_row& action, action_body body, target::access by,
                          const clock& time);

// Young doubts are sent again under the same key. Older ones are looked up by our tag first: the server frees a key when
// its run fails, so sending could make a second run.
task<effect> find_trigger(const leg_view& leg, const store::action_row& action, bool restarted, target::access by,
                          const clock& time);

}  // namespace triggerd::job
