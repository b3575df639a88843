// The endpoints of the API as one table: who may call what, and what repeating a call does. Generated from the contract
// (endpoints.json) by endpoint_table.py; the table in endpoint_table.cpp is not edited by hand.
#pragma once

#include "spec/credential_kind.hpp"

#include <span>
#include <string>
#include <string_view>

namespace triggerd::spec {

enum class key_access { no, scoped, full, admin };       // of additional keys
enum class repeatable { yes, no, with_key, see_notes };  // the `idempotent` column
enum class rate_limiter { api, management, batch_runs, none };

// Headers and repeats follow it (contract API.md 3.1, 5.4).
enum class exchange_style {
  ordinary,
  items,   // NDJSON, streamed
  events,  // server-sent events
  shape,   // long poll of a realtime shape
  bare,    // none of the API's headers
  once     // never repeated
};

struct endpoint {
  std::string_view id;      // "tasks.trigger"
  std::string_view method;  // "POST"
  std::string_view path;    // "/api/v1/tasks/{taskId}/trigger"
  bool secret_key;
  key_access additional_key;
  bool pat;
  bool org_token;
  bool public_token;
  repeatable idempotent;
  rate_limiter limiter;
  bool sends_branch;      // the branch header has meaning; tokens: only beside the slug preview or dev
  std::string_view body;  // "json", "ndjson", "text", ""
  // Of which a public token needs one, apart by blanks: "read:runs:{runId} read:tasks:{task}". A name in braces is a part
  // of the path, or something that only the server knows. "?io=in" at the end: on that channel alone. "*": any token.
  std::string_view scopes;
  bool open;  // needs no credential, and gets none
  exchange_style style;
};

std::span<const endpoint> endpoints();
const endpoint* find_endpoint(std::string_view id);

// Whether this kind may call it at all; for additional keys "by scope" counts as yes.
bool may_call(credential_kind kind, const endpoint& e);
// Kinds that may, for the message: "a secret key".
std::string who_may_call(const endpoint& e);

}  // namespace triggerd::spec
