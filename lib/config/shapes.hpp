// The shapes that more than one part of the table uses.
#pragma once

#include "config/keys.hpp"

namespace triggerd::config {

extern const shape retry_shape;
extern const shape source_shape;
extern const shape schedule_shape;
extern const shape job;
extern const shape job_defaults;

}  // namespace triggerd::config
