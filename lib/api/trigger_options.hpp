// The options of a run, from the words of job files to those of the wire (contract API.md 11.1), checked: the server
// accepts nearly anything and silently does something else.
#pragma once

#include "base/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>

namespace triggerd::api {

// `written` is an object of rendered values under their snake_case names; null counts as absent. Durations become whole
// seconds, instants UTC. Errors are api.bad-argument and name the option, never its value. Idempotency is each run's own
// (own_options.hpp), as is the tag that we add; `own_tags`: for how many of those there must be room.
result<nlohmann::json> trigger_options(const nlohmann::json& written, std::size_t own_tags = 0);

}  // namespace triggerd::api
