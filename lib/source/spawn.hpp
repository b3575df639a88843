// Starts a child with two pipes and a handle on its life.
#pragma once

#include "base/result.hpp"
#include "source/process.hpp"

#include <sys/types.h>

namespace triggerd::source {

// Owned descriptors; -1 when given away.
struct spawned {
  pid_t pid = -1;  // also the id of its process group
  int pidfd = -1;  // readable when it has ended
  int out = -1;    // our ends of its standard output and error, not blocking
  int err = -1;
};

result<spawned> spawn(const process_spec& what);

// The environment the child gets, as "NAME=value" texts.
std::vector<std::string> child_environment(const process_spec& what);

}  // namespace triggerd::source
