// What triggerctl tells the shell. Values above 63 are those of sysexits.h.
#pragma once

namespace triggerd::ctl::exit_code {

inline constexpr int done = 0;
inline constexpr int failed = 1;
inline constexpr int changes = 2;  // plan found some
inline constexpr int unknown = 3;  // something may or may not have had its effect
inline constexpr int usage = 64;
inline constexpr int no_daemon = 69;
inline constexpr int not_permitted = 77;
inline constexpr int configuration = 78;  // reload refused

}  // namespace triggerd::ctl::exit_code
