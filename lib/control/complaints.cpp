#include "control/complaints.hpp"

#include "base/limits.hpp"

namespace triggerd::control {

complaints::~complaints() {
  for (const auto& [user, one] : users_) {
    timers_.disarm(one.ends);
    tell(user, one);
  }
}

bool complaints::admits(const peer& who) {
  minute& now = users_[who.uid];
  if (now.ends == 0)
    now.ends = timers_.arm(clock_.steady() + std::chrono::minutes(1), [this, user = who.uid] { end(user); });
  const bool room = now.lines < limits::control_complaints;
  ++(room ? now.lines : now.left_out);
  return room;
}

void complaints::write(const peer& who, const std::string& what) {
  if (admits(who)) log_.notice(describe(who) + ' ' + what);
}

void complaints::tell(uid_t user, const minute& of) {
  if (of.left_out == 0) return;
  log_.warning("uid " + std::to_string(user) + " was refused " + std::to_string(of.left_out) +
               " more times within a minute; those are not written here one by one");
}

void complaints::end(uid_t user) {
  tell(user, users_.at(user));
  users_.erase(user);
}

}  // namespace triggerd::control
