// How the daemon's program ends, as scripts and the service manager see it.
#pragma once

#include "base/error.hpp"

namespace triggerd::exit_code {

inline constexpr int done = 0;
inline constexpr int failed = 1;
inline constexpr int usage = 64;
inline constexpr int configuration = 78;  // the service manager does not try again

// Of a daemon that could not begin: 78 for what only an operator can mend by writing something else.
int of_start(const error& why);

}  // namespace triggerd::exit_code
