// What callers hand in, checked before it is sent: the server takes nearly anything and silently does something else.
// Errors are api.bad-argument and name the argument, never its value.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace triggerd::api {

error bad_argument(std::string_view what, std::string_view why);

// As JavaScript counts: what the server's limits are in.
std::size_t utf16_length(std::string_view text);

// Text that reaches the server unchanged: not empty, UTF-8, no control characters, at most `most` characters.
result<void> check_name(std::string_view what, std::string_view name, std::size_t most = SIZE_MAX);
result<void> check_name_if_any(std::string_view what, std::string_view name, std::size_t most = SIZE_MAX);
// At most limits::tags_per_run tags of limits::tag_length characters.
result<void> check_tags(const std::vector<std::string>& tags);

// JSON text as a value that the server takes unchanged (check_payload).
result<nlohmann::json> json_argument(std::string_view what, std::string_view text);

// An instant, or so long from the moment at which the server reads it.
using moment = std::variant<milliseconds, instant>;
// "90s" (whole seconds, rounded up) or ISO-8601 in UTC; the server ignores what it cannot read. Not negative.
result<std::string> moment_text(std::string_view what, const moment& when);
// "90s". More than zero.
result<std::string> span_text(std::string_view what, milliseconds how_long);

}  // namespace triggerd::api
