// The shapes and bounds that more than one part of the table uses.
#pragma once

#include "config/keys.hpp"

namespace triggerd::config {

// Durations are bounded in milliseconds.
inline constexpr double seconds = 1'000;
inline constexpr double hours = 3'600 * seconds;
inline constexpr double days = 24 * hours;

extern const shape retry_shape;
extern const shape source_shape;
extern const shape schedule_shape;
extern const shape job;
extern const shape job_defaults;

}  // namespace triggerd::config
