// JSON as the modelled server reads and writes it: numbers are doubles, and nesting has an end.
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace triggerd::sandbox {

using json = nlohmann::json;

constexpr std::size_t most_nesting = 5'000;
bool nested_too_deep(std::string_view text, std::size_t most = most_nesting);

std::optional<json> parse_json(std::string_view text);  // nullopt also when nested too deep
std::string dump_json(const json& value);               // invalid UTF-8 is replaced, never thrown at

// Integers beyond 2^53 as JavaScript would print them.
void lose_precision(json& value);

// "string", "undefined" for a missing key: the words of the server's complaints.
std::string_view type_word(const json& value);
const json* find(const json& object, std::string_view key);  // nullptr when absent, or `object` is none

std::string base64(std::string_view bytes);

}  // namespace triggerd::sandbox
