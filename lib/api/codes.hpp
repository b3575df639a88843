// The error codes of this room.
#pragma once

#include "base/error.hpp"

namespace triggerd::api::codes {

inline constexpr error_code refused{"api.refused", "The server understood the request and said no for good."};
inline constexpr error_code unauthorized{
    "api.unauthorized", "The server did not accept the credential, or the branch it was used with (401)."};
inline constexpr error_code forbidden{"api.forbidden", "The credential lacks the scope or the role for this (403)."};
inline constexpr error_code not_found{"api.not-found", "The server knows no such thing in this environment (404)."};
inline constexpr error_code too_large{"api.too-large", "The server refused the request's size (413)."};
inline constexpr error_code rate_limited{"api.rate-limited", "The server's rate limit was reached (429)."};
inline constexpr error_code server{"api.server", "The server failed to answer the request (5xx)."};
inline constexpr error_code unreadable{"api.unreadable", "The server's reply is not what its endpoint answers."};
inline constexpr error_code unsealed{
    "api.unsealed", "A batch never had all its items on the server; it stays open and starts nothing."};
inline constexpr error_code object_store{"api.object-store",
                                         "The object store that holds large payloads refused a request or failed."};
inline constexpr error_code redirected{"api.redirected", "The server answered with a redirect; is the base URL right?"};
inline constexpr error_code wrong_credential{
    "api.wrong-credential", "This is no credential, or of a kind that may not call this endpoint; nothing was sent."};
inline constexpr error_code bad_argument{"api.bad-argument",
                                         "An argument would be refused or silently changed by the server."};

}  // namespace triggerd::api::codes
