// Waitpoint tokens: what a run waits for until somebody completes it (contract API.md 20).
#pragma once

#include "api/arguments.hpp"
#include "api/operation.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

struct waitpoint_draft {
  std::optional<moment> timeout;  // then it ends as TIMED_OUT; unset: never
  std::vector<std::string> tags;  // at most 10
  std::string key;                // idempotency key, sent as it stands, never hashed; empty: none
  std::optional<milliseconds> key_ttl;
};
struct waitpoint_created {
  std::string id;                        // "waitpoint_..."
  bool cached = false;                   // the key had one already
  std::shared_ptr<secret> callback_url;  // a POST to it completes the token without a credential
  std::shared_ptr<secret> public_token;  // may complete it; null: the reply had none
};
// Repeatable with a key only. api.bad-argument for a timeout that the server would ignore, bad tags or a bad key.
result<operation<waitpoint_created>> create_waitpoint(const waitpoint_draft& what);

struct waitpoint_view {
  std::string id;
  std::string status;  // WAITING COMPLETED TIMED_OUT
  std::shared_ptr<secret> callback_url;
  std::vector<std::string> tags;
  std::string key;
  std::optional<instant> created, completed, timeout, key_expires;
  // Told of a single one only, once it is completed:
  std::string output, output_type;  // text as it was given; "application/super+json", ...
  bool output_is_error = false;
};
// The server answers an unknown id with 500, which counts as final here.
operation<waitpoint_view> retrieve_waitpoint(std::string_view waitpoint);

struct waitpoint_filter {           // in the contract's order; empty: not sent
  std::vector<std::string> status;  // WAITING COMPLETED TIMED_OUT
  std::string key;
  std::vector<std::string> tags;
  std::string period;  // "24h": back from now, by the server's clock
  std::optional<instant> from, to;
  std::uint32_t page_size = 0;  // 1 to 100; 0: 25
  std::string after, before;    // cursors; at most one, or the server takes `before`
};
struct waitpoint_page {
  std::vector<waitpoint_view> waitpoints;  // newest first
  std::string next;
};
operation<waitpoint_page> list_waitpoints(const waitpoint_filter& which);

// `data` is JSON text, at most limits::waitpoint_data bytes; unset: none. Of a token that is completed already the first
// data stays.
result<operation<nothing>> complete_waitpoint(std::string_view waitpoint, std::optional<std::string_view> data);

}  // namespace triggerd::api
