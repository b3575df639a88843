// What can go wrong with the loopback listener.
#pragma once

#include "base/error.hpp"

namespace triggerd::http::codes {

inline constexpr error_code address{"http.address", "A listening address is not host:port, or not a loopback address."};
inline constexpr error_code listen{"http.listen", "The listening socket could not be made."};

}  // namespace triggerd::http::codes
