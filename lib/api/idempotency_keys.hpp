// Idempotency keys as the official SDK makes them, so that both name the same run (contract API.md 11.5). The server
// keeps them per environment and task: until their time to live is over, and free again once the run has failed.
#pragma once

#include "api/operation.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

// What a key is good for: each run of the parent, each attempt of it, or everything. Outside a task all three are alike.
enum class key_scope { run, attempt, global };
std::string_view name(key_scope scope);  // "run", "attempt", "global"

// The task's run that makes the key; empty outside a task.
struct key_context {
  std::string run;            // "run_..."
  std::uint32_t attempt = 0;  // from 1
};

struct idempotency_key {
  std::string text;   // what is sent: 64 lower-case hex digits, or what the caller had hashed already; empty: no key
  std::string words;  // the parts joined by "-", for people to see; empty: not known
  key_scope scope = key_scope::run;

  explicit operator bool() const { return !text.empty(); }
};

// lower-hex(SHA-256(parts and what the scope adds, joined by "-")). api.bad-argument: no words at all, control
// characters, more than limits::idempotency_key characters.
result<idempotency_key> make_key(const std::vector<std::string>& parts, key_scope scope = key_scope::run,
                                 const key_context& made_in = {});
// A string as the SDK takes it for an option: 64 characters count as hashed and are sent as they stand, any other is
// made a key of scope run.
result<idempotency_key> key_from(std::string_view written, const key_context& made_in = {});

struct key_reset {
  std::string key;  // as the server knew it
};
// The next trigger of `task` with this key makes a new run. `key` as key_from() takes it; of a key made inside a task:
// make_key(...)->text. api.not-found when no run had it, so also the second time.
result<operation<key_reset>> reset_idempotency_key(std::string_view task, std::string_view key);

}  // namespace triggerd::api
