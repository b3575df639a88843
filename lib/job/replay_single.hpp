// Replays run by run. The server takes no key for it and links nothing to the original: what was sent without an answer
// is never sent again, and nobody can say what became of it.
#pragma once

#include "job/kind.hpp"

#include <span>

namespace triggerd::job {

task<effect> apply_single(const kind_world& world, store::action_row action, target::access by);
effect resolve_single(const store::action_row& action);

// All together: one list of runs that have ended finds most of them, and a few are retrieved in turn.
task<std::vector<observed::settled>> observe_singles(const kind_world& world, const leg_view& leg,
                                                     std::vector<store::action_row> waiting, target::access by);

}  // namespace triggerd::job
