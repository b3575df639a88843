#include "state_owner.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace triggerd {

result<state_owner> state_owner::become(const std::string& state_dir) {
  state_owner out;
  struct stat found {};
  if (::geteuid() != 0 || ::stat(state_dir.c_str(), &found) != 0 || found.st_uid == 0) return out;
  out.group_before_ = ::getegid();
  if (::setegid(found.st_gid) != 0 || ::seteuid(found.st_uid) != 0)
    return fail(codes::io, "cannot act as the owner of " + state_dir + ": " + std::generic_category().message(errno));
  out.changed_ = true;
  return out;
}

state_owner::state_owner(state_owner&& other) noexcept
    : changed_(std::exchange(other.changed_, false)), group_before_(other.group_before_) {}

state_owner::~state_owner() {
  if (!changed_) return;
  (void)!::seteuid(0);
  (void)!::setegid(group_before_);
}

}  // namespace triggerd
