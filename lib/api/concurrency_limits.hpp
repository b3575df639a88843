// Concurrency limits that runs of several tasks share (contract API.md 18). Only newer servers have them: others
// answer api.not-found.
#pragma once

#include "api/operation.hpp"
#include "api/paging.hpp"
#include "base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

struct concurrency_bound {               // unset: no bound
  std::optional<std::uint64_t> current;  // what holds: the override, else the base
  std::optional<std::uint64_t> base;     // as the code says
  std::optional<std::uint64_t> override_with;
  std::optional<instant> overridden;
  std::optional<instant> expires;  // of a key's override
};
struct concurrency_limit_view {
  std::string id;  // "climit_..."
  std::string name;
  concurrency_bound per_key, total;
  std::uint64_t running = 0, queued = 0;
  bool paused = false;
};
struct concurrency_limit_page : page_numbers {
  std::vector<concurrency_limit_view> limits;
};
// Of one concurrency key.
struct concurrency_key_view {
  std::string name, key;
  concurrency_bound per_key;
  std::uint64_t running = 0;
  bool paused = false;
};

operation<concurrency_limit_page> list_concurrency_limits(const page_request& which);

// All of these: api.bad-argument for a name or key that is empty or holds control characters, and for numbers above
// limits::concurrency_limit.
result<operation<concurrency_limit_view>> retrieve_concurrency_limit(std::string_view name);
result<operation<concurrency_key_view>> retrieve_concurrency_key(std::string_view name, std::string_view key);

// At least one of the two.
result<operation<concurrency_limit_view>> override_concurrency_limit(std::string_view name,
                                                                     std::optional<std::uint32_t> total,
                                                                     std::optional<std::uint32_t> per_key);
// Of one key, for so long: 7 days without a word, at most limits::concurrency_override.
result<operation<concurrency_key_view>> override_concurrency_key(std::string_view name, std::string_view key,
                                                                 std::uint32_t per_key,
                                                                 std::optional<milliseconds> ttl = {});
result<operation<concurrency_limit_view>> pause_concurrency_limit(std::string_view name);
result<operation<concurrency_limit_view>> resume_concurrency_limit(std::string_view name);
result<operation<concurrency_limit_view>> reset_concurrency_limit(std::string_view name);
result<operation<concurrency_key_view>> reset_concurrency_key(std::string_view name, std::string_view key);

}  // namespace triggerd::api
