// The shapes that both halves of the table use.
#pragma once

#include "config/keys.hpp"

namespace triggerd::config {

extern const shape retry_shape;
extern const shape source_shape;
extern const shape job;
extern const shape job_defaults;

}  // namespace triggerd::config
