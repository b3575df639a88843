// What the log says of peers that do wrong: so much of each user and minute, then only how often. Whoever may connect
// can do wrong as fast as it likes, and the log is on a disk.
#pragma once

#include "base/log.hpp"
#include "base/timers.hpp"
#include "control/peer.hpp"

#include <map>

namespace triggerd::control {

class complaints {
 public:
  complaints(timers& timers, const clock& clock, log& log) : timers_(timers), clock_(clock), log_(log) {}
  ~complaints();
  complaints(const complaints&) = delete;
  complaints& operator=(const complaints&) = delete;

  // Whether one more line of this user may be written; else it is counted, and told when the minute is over.
  bool admits(const peer& who);
  void write(const peer& who, const std::string& what);  // "uid 1000 pid 4711 " and this

 private:
  struct minute {
    std::size_t lines = 0;
    std::size_t left_out = 0;
    timer_id ends = 0;
  };
  void tell(uid_t user, const minute& of);
  void end(uid_t user);

  timers& timers_;
  const clock& clock_;
  log& log_;
  std::map<uid_t, minute> users_;
};

}  // namespace triggerd::control
