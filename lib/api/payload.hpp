// How payloads travel (contract API.md 11.3): what the official SDK sends, so that both read the same.
#pragma once

#include "base/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace triggerd::api {

// Refuses (api.bad-argument) what the server would change or choke on: whole numbers beyond 2^53, which lose digits,
// and nesting beyond limits::json_depth. Says where, never what. For payloads and metadata, before they are packed.
result<void> check_payload(const nlohmann::json& payload);

struct packed_payload {
  std::string value_json;  // of the member "payload", as JSON text; empty: no such member
  std::string type;        // payloadType
  std::size_t size = 0;    // payloadSize, bytes
};

// A string travels as itself (text/plain); anything else as superjson text in a string (application/super+json).
packed_payload pack(const nlohmann::json& payload);
// {"json": payload} as text.
std::string superjson_text(const nlohmann::json& payload);
std::string superjson_text(const nlohmann::json& payload, const nlohmann::json& meta);  // null: none
packed_payload pack_nothing();                                                          // no payload at all
packed_payload pack_or_nothing(const nlohmann::json* payload);                          // null: none

}  // namespace triggerd::api
