// A replay with something changed: what newer servers take as the body of a replay (contract API.md 13.7).
#pragma once

#include "sandbox/call.hpp"

namespace triggerd::sandbox {

// The new run's id, or the refusal: unknown fields, values that a trigger would refuse as well.
std::variant<std::string, reply> replay_changed(state& in, const run& original, const json& overrides);

}  // namespace triggerd::sandbox
