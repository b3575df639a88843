// Reading members of a JSON reply without trusting it: absent and null are alike, unknown members are ignored.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "transport/transport.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

// The whole body as JSON; api.unreadable when it is not (never quotes the body).
result<nlohmann::json> parse_body(const transport::response& reply);

std::optional<std::string> text_member(const nlohmann::json& of, std::string_view name);
std::optional<std::int64_t> integer_member(const nlohmann::json& of, std::string_view name);  // also from text: "3"
bool flag_member(const nlohmann::json& of, std::string_view name, bool otherwise);
std::optional<instant> instant_member(const nlohmann::json& of, std::string_view name);
std::vector<std::string> texts_member(const nlohmann::json& of, std::string_view name);

// The text member, or api.unreadable naming it.
result<std::string> required_text(const nlohmann::json& of, std::string_view name);

}  // namespace triggerd::api
