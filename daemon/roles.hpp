// [[socket.allow]] of the files as rules of the socket.
#pragma once

#include "base/log.hpp"
#include "control/peer.hpp"
#include "spec/target_spec.hpp"

#include <vector>

namespace triggerd {

// A user or group that this machine does not know grants nobody anything: said in the log, no reason to refuse.
std::vector<control::rule> rules_of(const std::vector<spec::socket_allow>& allowed, log& to);

}  // namespace triggerd
