// Triggering one run (contract API.md 11.1, 11.3, 11.5).
#pragma once

#include "api/operation.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>

namespace triggerd::api {

struct triggered {
  std::string run;         // "run_..."
  bool cached = false;     // the key already had a run that has not failed
};

// The body of a trigger as JSON text: {"payload", "options"}. `options` are the wire's (camelCase, see trigger_options).
// The idempotency key and its TTL are among the options when there is one.
std::string trigger_body(const nlohmann::json* payload, const nlohmann::json& options);

// Options as job files write them (snake_case, rendered) to the wire's names, order and units, checked: what the server
// would swallow is refused here (contract API.md 11.1: durations, more than 10 tags, tag length, machine preset, ...).
// `tag` is ours ("td:..."), added to the job's own; `key` and `ttl` may be empty. `hash_key` false: the key is sent as
// it stands (already a 64-digit hash).
result<nlohmann::json> trigger_options(const nlohmann::json& written, std::string_view tag, std::string_view key,
                                       std::string_view key_ttl);

// `body` as trigger_body made it; `keyed`: it carries an idempotency key; `locked`: it names a version, so that a 500 is
// final. Refuses (api.bad-argument) a task id that cannot be addressed and a body over limits::trigger_body.
result<operation<triggered>> trigger(std::string_view task, std::shared_ptr<const std::string> body, bool keyed,
                                     bool locked);

// lower-hex(SHA-256(parts joined by "-")): what the SDK makes of a user's key outside a task.
std::string hashed_key(std::string_view key);

}  // namespace triggerd::api
