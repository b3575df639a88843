// What each run has for itself beside the options that it may share with others (contract API.md 11.1).
#pragma once

#include "base/clock.hpp"
#include "base/json_text.hpp"
#include "base/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace triggerd::api {

inline constexpr std::size_t room_for_options = 384;  // bytes that those of most runs fit into

struct own_options {
  std::string tag = {};        // ours ("td:..."), after the job's own; empty: none
  std::string key = {};        // of idempotency, as it is sent; empty: none
  std::string key_words = {};  // what people see of it; empty: nothing
  std::string key_ttl = {};    // as it is sent; empty: the server's default
};

// A key of 64 characters is taken as hashed already and sent as it stands; any other is hashed as the SDK does it, and its
// words are sent along for people to see. `key_ttl` is rounded up to whole seconds. api.bad-argument for a key or a
// lifetime that the server would swallow or refuse.
result<own_options> keyed_options(std::string_view key, milliseconds key_ttl);

// lower-hex(SHA-256(key)): what the SDK makes of a user's key outside a task.
std::string hashed_key(std::string_view key);

// Adds all of them to "options". `shared` is of trigger_options(), with room for the tag; null: none.
void add_options(json_members& to, const nlohmann::json& shared, const own_options& own);

}  // namespace triggerd::api
