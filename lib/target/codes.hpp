// The error codes of this room.
#pragma once

#include "base/error.hpp"

namespace triggerd::target::codes {

inline constexpr error_code parked{
    "target.parked",
    "The key does not open the environment that the target names; nothing is sent until that is mended."};
inline constexpr error_code unproved{"target.unproved",
                                     "Whose environment the key opens could not be proved, so nothing was written."};
inline constexpr error_code unreachable{"target.unreachable", "The server of a target cannot be reached now."};
inline constexpr error_code disabled{"target.disabled", "The target is switched off in the configuration."};
inline constexpr error_code removed{"target.removed", "The target is no longer in the configuration."};
inline constexpr error_code no_credential{"target.no-credential", "The target's credential has no value."};
inline constexpr error_code other_environment{"target.other-environment",
                                              "A job's own credential opens another environment than its target's."};

}  // namespace triggerd::target::codes
