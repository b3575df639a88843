// Which release this is.
#pragma once

#ifndef TRIGGERD_VERSION
#define TRIGGERD_VERSION "unknown"
#endif

namespace triggerd {

inline constexpr const char* version = TRIGGERD_VERSION;

}  // namespace triggerd
