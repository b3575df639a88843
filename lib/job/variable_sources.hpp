// Reads the sources of an env-sync in order. A source that fails is an error of the leg, never an empty source.
#pragma once

#include "job/kind.hpp"
#include "job/variable_set.hpp"

namespace triggerd::job {

// Only sources whose `when` selects the target. With empty = "refuse" a source that gives nothing is an error, and so is
// having no source at all. World, leg and cancellation outlive the call.
task<result<gathered_variables>> gather_variables(const kind_world& world, const leg_view& leg, cancellation& cancel);

}  // namespace triggerd::job
