// What can be wrong with a value of a file or a command.
#pragma once

#include "base/error.hpp"

namespace triggerd::spec::codes {

inline constexpr error_code duration{"spec.duration", "A duration is not written as whole numbers with units."};
inline constexpr error_code rate{"spec.rate", "A rate is not written as a count per time."};
inline constexpr error_code size{"spec.size", "A size is not written as a whole number with a unit."};
inline constexpr error_code share{"spec.share", "A share is not written as a percentage."};
inline constexpr error_code selector{"spec.selector", "A selector of targets cannot be read."};
inline constexpr error_code cron{"spec.cron", "A cron expression cannot be read, or never comes true."};
inline constexpr error_code unknown_zone{"spec.unknown-zone", "No time zone of that name exists on this machine."};
inline constexpr error_code zone_data{"spec.zone-data", "This machine has no usable time zone data."};
inline constexpr error_code schedule{"spec.schedule", "A schedule contradicts itself."};
inline constexpr error_code placeholder{"spec.placeholder", "A placeholder is not closed or names nothing known."};
inline constexpr error_code scope{"spec.scope", "A scope is not written as action:type or action:type:id."};
inline constexpr error_code missing_value{"spec.missing-value",
                                          "A placeholder names a value that does not exist here."};
inline constexpr error_code template_text{"spec.template-text",
                                          "A template is not JSON, or a value does not fit into text."};

}  // namespace triggerd::spec::codes
