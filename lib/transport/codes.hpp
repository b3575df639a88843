// The error codes of this room.
#pragma once

#include "base/error.hpp"

namespace triggerd::transport::codes {

inline constexpr error_code resolve{"transport.resolve", "The host name of the base URL could not be resolved."};
inline constexpr error_code connect{"transport.connect", "No connection to the server could be made."};
inline constexpr error_code tls{"transport.tls", "The TLS handshake failed or the certificate was not accepted."};
inline constexpr error_code timeout{"transport.timeout", "The server did not answer in time."};
inline constexpr error_code broken{"transport.broken", "The connection ended before a whole reply had come."};
inline constexpr error_code resend_refused{"transport.resend-refused",
                                           "The connection died under a request that must not be sent twice unseen."};
inline constexpr error_code refused{"transport.refused",
                                    "The server refused the request and said that it did nothing of it."};
inline constexpr error_code too_large{"transport.too-large", "The reply was larger than the limit."};
inline constexpr error_code closed{"transport.closed", "The connections were closed while the request was under way."};
inline constexpr error_code protocol{"transport.protocol", "The server's answer was not HTTP as it should be."};
inline constexpr error_code busy{
    "transport.busy",
    "Too many targets, open files or stuck name lookups at once for this process; a later attempt may pass."};
inline constexpr error_code unusable{"transport.unusable", "The request could not be made from the configuration."};

}  // namespace triggerd::transport::codes
