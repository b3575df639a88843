// What the reply's headers say about the server's budgets (contract API.md 5.5).
#pragma once

#include "base/clock.hpp"
#include "transport/transport.hpp"

#include <cstdint>
#include <optional>

namespace triggerd::api {

struct rate_facts {
  std::optional<std::uint64_t> limit, remaining;
  std::optional<instant> reset;
};

// A batch 429 carries every header twice: first the request budget's with the reset in milliseconds since 1970, then the
// batch budget's with the reset in seconds. These take one of the two apart by that unit; without any, all is unset.
rate_facts read_rate(const transport::headers& head);        // of requests
rate_facts read_batch_rate(const transport::headers& head);  // of batch items

// What a 429 asks to wait: Retry-After, else the body's secondsUntilReset (which no clock of ours can spoil), else the
// reset of a used-up budget. Nullopt: it does not say.
std::optional<milliseconds> asked_wait(const transport::response& reply, instant now);

}  // namespace triggerd::api
