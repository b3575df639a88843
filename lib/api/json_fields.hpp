// Reading members of a JSON reply without trusting it: absent and null are alike, unknown members are ignored.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "transport/transport.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace triggerd::api {

// The whole body as JSON; api.unreadable when it is not (never quotes the body).
result<nlohmann::json> parse_body(const transport::response& reply);

std::optional<std::string> text_member(const nlohmann::json& of, std::string_view name);
std::optional<std::int64_t> integer_member(const nlohmann::json& of, std::string_view name);  // also from text: "3"
bool flag_member(const nlohmann::json& of, std::string_view name, bool otherwise);
std::optional<instant> instant_member(const nlohmann::json& of, std::string_view name);
std::vector<std::string> texts_member(const nlohmann::json& of, std::string_view name);
const nlohmann::json* array_member(const nlohmann::json& of, std::string_view name);   // null: none
const nlohmann::json* object_member(const nlohmann::json& of, std::string_view name);  // null: none
std::optional<double> number_member(const nlohmann::json& of, std::string_view name);
// Several at once, each with the place it goes to, which stays as it was where there is none.
void optional_texts(const nlohmann::json& of, std::initializer_list<std::pair<std::string_view, std::string*>> members);
void optional_instants(const nlohmann::json& of,
                       std::initializer_list<std::pair<std::string_view, std::optional<instant>*>> members);
// Any value as JSON text. api.unreadable for one nested beyond limits::json_depth, which is not safe to write; nor is it
// to copy.
result<std::string> value_text(const nlohmann::json& value);
// Several at once, likewise.
result<void> optional_values(const nlohmann::json& of,
                             std::initializer_list<std::pair<std::string_view, std::string*>> members);

// The member, or api.unreadable naming it. A text must not be empty, a count not negative.
result<std::string> required_text(const nlohmann::json& of, std::string_view name);
result<std::uint64_t> required_count(const nlohmann::json& of, std::string_view name);
result<bool> required_flag(const nlohmann::json& of, std::string_view name);
// Several texts at once, each with the place it goes to.
result<void> required_texts(const nlohmann::json& of,
                            std::initializer_list<std::pair<std::string_view, std::string*>> members);
error missing_member(std::string_view name);

// A key or token: moved out, so that no copy of it outlives the reader. The reply's body is wiped by the client.
result<std::shared_ptr<secret>> required_secret(nlohmann::json& of, std::string_view name);
std::shared_ptr<secret> optional_secret(nlohmann::json& of, std::string_view name);  // null: none
void wipe_member(nlohmann::json& of, std::string_view name);

// Writing: a member without a value is left out.
void put_member(nlohmann::json& into, const char* name, std::string_view text);
void put_member(nlohmann::json& into, const char* name, const std::vector<std::string>& texts);
void put_member(nlohmann::json& into, const char* name, std::optional<std::uint32_t> number);
void put_member(nlohmann::json& into, const char* name, std::optional<instant> at);  // ISO, UTC

// As JavaScript's JSON.stringify writes it, but for the order of members. Bad UTF-8 becomes U+FFFD; nothing throws.
std::string json_text(const nlohmann::json& value);

}  // namespace triggerd::api
