// What a trigger job sends to one target: its task, payload, options and key.
#pragma once

#include "job/kind.hpp"
#include "spec/template.hpp"

namespace triggerd::job {

// The one action of the leg. job.payload says where a payload went wrong; base.cancelled when `cancel` ended a program.
task<result<planned_action>> plan_trigger(const leg_view& leg, inputs& from, cancellation& cancel);

// Placeholders of a program's arguments, replaced.
result<spec::exec_spec> rendered(const spec::exec_spec& program, const spec::name_lookup& names);

}  // namespace triggerd::job
