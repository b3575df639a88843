// What can go wrong at the local socket.
#pragma once

#include "base/error.hpp"

namespace triggerd::control::codes {

inline constexpr error_code no_daemon{"control.no-daemon", "Nobody listens on the control socket."};
inline constexpr error_code denied{"control.denied", "The control socket may not be opened by this user."};
inline constexpr error_code socket{"control.socket", "The control socket could not be made or used."};
inline constexpr error_code lost{"control.lost", "The connection ended before the answer came."};
inline constexpr error_code protocol{"control.protocol",
                                     "The other side sent something that is not a varlink message."};
inline constexpr error_code too_large{"control.too-large", "A message is larger than the control socket carries."};
inline constexpr error_code parameter{"control.parameter", "A parameter is missing, unknown or of the wrong type."};
inline constexpr error_code refused{"control.refused", "The daemon answered the call with an error."};
inline constexpr error_code unknown_identity{"control.unknown-identity",
                                             "A user or group of a rule is not known here."};

}  // namespace triggerd::control::codes
