// The run behind a session, started as its trigger configuration says.
#pragma once

#include "sandbox/trigger.hpp"

namespace triggerd::sandbox {

// The configuration's options in the words of a trigger; what is wrong with them is told by their place there.
std::variant<trigger_options, complaint> session_options(const json& config);

// A new run takes the place of the current one.
std::optional<refused_run> start_session_run(state& in, session& of);
// A run that has ended cannot read what came in: another takes its place.
std::optional<refused_run> keep_session_run(state& in, session& of);

}  // namespace triggerd::sandbox
