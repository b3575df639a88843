// Superjson: JSON with what JavaScript knows and JSON does not beside it (contract API.md 11.3).
#pragma once

#include "api/payload.hpp"
#include "base/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace triggerd::api {

// {"json": ..., "meta": {"values": {path: [type]}}} as plain JSON, by type:
//   Date, bigint, URL, regexp   their text ("2026-01-15T10:00:00.000Z", "9007199254740993", "https://...", "/a/i")
//   number                      its text: "NaN", "Infinity", "-Infinity", "-0"
//   undefined                   a member is left out; in a list, and as the whole value, null
//   set, map                    a list of values, of [key, value] pairs
//   Error                       {"name", "message"} as it is
// Other types, and places that are not there, stay as they are. api.unreadable for what is no superjson text.
result<nlohmann::json> read_superjson(std::string_view text);

// A value by the type it travels with: application/json, application/super+json, text/plain and text of any other type.
// `application/store` names a packet (packets.hpp) and is api.bad-argument here.
result<nlohmann::json> read_packet(std::string_view text, std::string_view type);

// A payload whose caller brings the meta: {"values": ...}, as superjson writes it; null: plain JSON.
packed_payload pack_superjson(const nlohmann::json& value, const nlohmann::json& meta);

}  // namespace triggerd::api
