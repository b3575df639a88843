// The options of a run as C++ values (contract API.md 11.1). Unset fields are not sent, and the task's own settings hold.
// trigger_options.hpp has the same from the words of job files.
#pragma once

#include "api/arguments.hpp"
#include "api/idempotency_keys.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace triggerd::api {

struct debounce {
  std::string key;                   // at most 512 characters
  milliseconds delay{0};             // from the last trigger with this key; at least a second
  std::optional<bool> trailing;      // true: the run takes the last payload; unset and false: the first
  std::optional<milliseconds> most;  // a run starts at the latest so long after the first trigger; more than `delay`
};

struct run_options {
  std::string queue;                     // of that name, instead of the task's
  std::vector<std::string> concurrency;  // at most 2 names of concurrency limits
  std::string concurrency_key;           // one queue per value
  std::optional<bool> test;
  idempotency_key key;                  // none: every call makes a run
  std::optional<milliseconds> key_ttl;  // unset: 30 days
  std::optional<moment> start;          // so long from now, or an instant
  std::optional<milliseconds> ttl;      // of the wait for a start; then the run expires
  std::vector<std::string> tags;        // at most 10, of 128 characters
  std::optional<std::uint32_t> max_attempts;
  std::string metadata;                 // JSON text of an object, at most 262,144 bytes
  std::optional<seconds> max_duration;  // of computing; at least 5 s
  std::string machine;                  // "micro", "small-1x", ... "large-2x"
  std::optional<double> priority;       // in seconds: such a run overtakes others that were triggered so much earlier
  std::string region;
  std::string version;                 // of the deployment; an unknown one is refused with a 500
  std::string external_deployment_id;  // at most 128 characters
  std::optional<triggerd::api::debounce> debounced;
  std::string parent_run;  // "run_..."
};

// On the wire. api.bad-argument names the first option that the server would refuse or, worse, silently ignore.
result<nlohmann::json> wire_options(const run_options& of);

}  // namespace triggerd::api
