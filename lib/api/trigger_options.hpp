// The options of a run, from the words of job files to those of the wire (contract API.md 11.1), checked: the server
// accepts nearly anything and silently does something else.
#pragma once

#include "base/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace triggerd::api {

// `written` is an object of rendered values under their snake_case names; null counts as absent. Durations become whole
// seconds, instants UTC. Errors are api.bad-argument and name the option, never its value.
//
// `tag` is ours ("td:..."), added to the job's own; empty: none. `key` may be empty: no key. A key of 64 characters is
// taken as hashed already and sent as it stands; any other is hashed as the SDK does it, and its words are sent along for
// people to see. `key_ttl` is a duration; empty: the server's default.
result<nlohmann::json> trigger_options(const nlohmann::json& written, std::string_view tag, std::string_view key,
                                       std::string_view key_ttl);

// lower-hex(SHA-256(key)): what the SDK makes of a user's key outside a task.
std::string hashed_key(std::string_view key);

}  // namespace triggerd::api
