// Root tends the state directory of a service that is not root.
#pragma once

#include "base/result.hpp"

#include <string>

#include <sys/types.h>

namespace triggerd {

// While it lives, root acts as the directory's owner: a ledger or a lock that belongs to root would keep the service from
// starting. For everybody else, and where the directory is missing or root's own, nothing changes. The whole process, so
// one thread of it at a time.
class state_owner {
 public:
  static result<state_owner> become(const std::string& state_dir);
  state_owner(state_owner&& other) noexcept;
  state_owner& operator=(state_owner&&) = delete;
  ~state_owner();

 private:
  state_owner() = default;
  bool changed_ = false;
  gid_t group_before_ = 0;
};

}  // namespace triggerd
