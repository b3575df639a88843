// What the service manager is told. Without one, nobody listens and nothing happens.
#pragma once

#include "base/clock.hpp"

#include <functional>
#include <optional>
#include <string>

namespace triggerd {

class service_manager {
 public:
  using sender = std::function<void(const std::string&)>;
  explicit service_manager(sender send) : send_(std::move(send)) {}

  void ready(const std::string& status) { send_("READY=1\nSTATUS=" + status); }
  void status(const std::string& sentence) { send_("STATUS=" + sentence); }
  // systemd takes RELOADING=1 only together with the time it was said.
  void reloading(steady_time now);
  void stopping(const std::string& status) { send_("STOPPING=1\nSTATUS=" + status); }
  void needs(milliseconds more);  // a start or a stop that may last longer than the unit's timeout
  void alive() { send_("WATCHDOG=1"); }

 private:
  sender send_;
};

// Over libsystemd, to $NOTIFY_SOCKET.
service_manager::sender tell_systemd();
// How often the unit wants to hear that we live; unset: it does not ask.
std::optional<milliseconds> systemd_watchdog();

}  // namespace triggerd
