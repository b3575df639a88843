#include "notify.hpp"

#include <systemd/sd-daemon.h>

namespace triggerd {

void service_manager::reloading(steady_time now) {
  const auto since_boot = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
  send_("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(since_boot.count()) + "\nSTATUS=reading the files again");
}

void service_manager::needs(milliseconds more) {
  send_("EXTEND_TIMEOUT_USEC=" + std::to_string(std::chrono::microseconds(more).count()));
}

service_manager::sender tell_systemd() {
  return [](const std::string& state) { (void)::sd_notify(0, state.c_str()); };
}

std::optional<milliseconds> systemd_watchdog() {
  std::uint64_t microseconds = 0;
  if (::sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  return std::chrono::duration_cast<milliseconds>(std::chrono::microseconds(microseconds));
}

}  // namespace triggerd
