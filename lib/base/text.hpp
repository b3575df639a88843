// Small text functions that more than one room needs.
#pragma once

#include "base/clock.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::text {

std::string_view trim(std::string_view text);  // ASCII white space on both sides
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string lower(std::string_view text);                           // ASCII only
bool equals_ignoring_case(std::string_view a, std::string_view b);  // ASCII only
bool glob_match(std::string_view pattern, std::string_view text);   // '*' any run of characters, '?' one

// The candidate with the smallest edit distance, when it is near enough to be a typing mistake.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string_view> candidates);

bool is_utf8(std::string_view text);
bool has_control(std::string_view text);  // bytes below 0x20, and 0x7f
// Text of unknown origin made safe for one line of a log or a terminal: control characters and bad UTF-8 as \xNN, cut
// to `most` bytes with "...".
std::string printable(std::string_view text, std::size_t most = 512);

// encodeURIComponent: everything but A-Z a-z 0-9 - _ . ! ~ * ' ( )  (contract API.md section 2).
std::string percent_encode(std::string_view text);
// application/x-www-form-urlencoded: space as '+', unreserved A-Z a-z 0-9 * - . _
std::string form_encode(std::string_view text);
std::optional<std::string> percent_decode(std::string_view text);  // nullopt for a broken escape

std::string base64url(std::string_view bytes);  // without padding
std::optional<std::string> base64url_decode(std::string_view text);

// "2026-11-24T02:24:30.291Z"; of the years that parse_iso() reads, 0 to 9999.
std::string iso(instant at);
std::optional<instant> parse_iso(std::string_view text);  // date, or date-time with Z or an offset

// "1h30m", "250ms": the largest units first, exact.
std::string show(milliseconds how_long);

}  // namespace triggerd::text
