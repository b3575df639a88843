// Replays in named bulk actions. The name is no key at the server (the same name twice makes two), but it is what finds
// an action again whose answer was lost.
#pragma once

#include "job/kind.hpp"
#include "job/replay_memo.hpp"

#include <optional>

namespace triggerd::job {

task<effect> apply_group(const kind_world& world, store::action_row action, action_body body, target::access by);

// `started`: this process; an earlier one sent nothing after it.
task<effect> resolve_group(const kind_world& world, store::action_row action, instant started, target::access by);

// Nullopt: nothing new. `list_runs`: it is this group's turn to have its new runs looked at.
task<std::optional<effect>> observe_group(const kind_world& world, const leg_view& leg, store::action_row action,
                                          bool list_runs, target::access by);

}  // namespace triggerd::job
