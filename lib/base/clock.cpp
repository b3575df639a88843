#include "base/clock.hpp"

namespace triggerd {

instant machine_clock::now() const { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

steady_time machine_clock::steady() const { return steady_time(std::chrono::steady_clock::now().time_since_epoch()); }

}  // namespace triggerd
