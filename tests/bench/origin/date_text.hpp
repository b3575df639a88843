// Texts of the clock.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace origin {

std::string_view date_text();                // now, as the header Date has it; made once a second
std::string iso_text(std::int64_t unix_ms);  // 2026-11-24T02:24:30.291Z
std::int64_t unix_ms();

}  // namespace origin
