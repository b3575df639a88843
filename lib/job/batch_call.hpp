// Sends one chunk: creates a batch, streams the items into it whole, until the server says that it is sealed.
#pragma once

#include "job/kind.hpp"

namespace triggerd::job {

// Every attempt is safe to repeat: an open batch starts nothing, its items are told apart by index, and each item
// carries its own key, so that a second batch of the same items makes no second runs.
task<effect> send_chunk(const leg_view& leg, const store::action_row& action, action_body body, target::access by,
                        const kind_world& world);

}  // namespace triggerd::job
