// What one value must look like, by its form.
#pragma once

#include "base/clock.hpp"
#include "config/complaints.hpp"
#include "config/keys.hpp"

#include <optional>
#include <string_view>
#include <utility>

namespace triggerd::config {

// A value without parts: type, unit, word, range, text.
void check_form(std::string_view name, const node& value, const key& k, complaints& out);
// `part`: an entry of an array or map, not the whole.
void wrong_type(std::string_view name, const node& value, const key& k, complaints& out, bool part = false);
std::string_view takes(form f);  // for people: "a duration such as \"90s\""

// "500ms..30s": the first and the longest pause.
std::optional<std::pair<milliseconds, milliseconds>> parse_backoff(std::string_view text);
// "98%", without the sign.
std::optional<double> parse_percent(std::string_view text);

}  // namespace triggerd::config
