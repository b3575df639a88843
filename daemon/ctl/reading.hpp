// Reads replies without trusting them: a missing or mistyped member is an empty value, text is safe for a terminal.
// An older or newer daemon is thus shown as far as it is understood.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace triggerd::ctl {

using nlohmann::json;

std::string text_in(const json& object, const char* name);
std::int64_t number_in(const json& object, const char* name);
std::optional<double> float_in(const json& object, const char* name);
bool flag_in(const json& object, const char* name);
bool has(const json& object, const char* name);  // there and not null
const json& object_in(const json& object, const char* name);
const json& array_in(const json& object, const char* name);
std::string safe(const json& value);  // a string element of an array

}  // namespace triggerd::ctl
