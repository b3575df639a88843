// The error codes of this room.
#pragma once

#include "base/error.hpp"

namespace triggerd::source::codes {

inline constexpr error_code unreadable{"source.unreadable", "A source file could not be opened or read."};
inline constexpr error_code too_large{"source.too-large", "A source holds more than its limit allows."};
inline constexpr error_code malformed{"source.malformed", "A source is not in the format it should have."};
inline constexpr error_code bad_item{"source.bad-item", "One item of a source cannot be used; the others can."};
inline constexpr error_code columns{"source.columns", "The columns of a CSV source do not fit its declaration."};
inline constexpr error_code not_started{"source.not-started", "The program of a source could not be started."};
inline constexpr error_code command_failed{"source.command-failed", "The program of a source reported a failure."};
inline constexpr error_code command_timeout{"source.command-timeout",
                                            "The program of a source did not end in its time."};
inline constexpr error_code command_output{"source.command-output",
                                           "The program of a source printed more than its limit."};

}  // namespace triggerd::source::codes
