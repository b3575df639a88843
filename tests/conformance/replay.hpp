// Plays one recording: our client makes the recorded calls, a wire answers as the recorded server did, and what was
// asked is compared.
#pragma once

#include "conformance/exceptions.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace triggerd::conformance {

struct judgement {
  std::string name;
  std::string skipped;                  // why it is not compared at all: told in words, or a defect
  std::string unmapped;                 // why our client cannot make this call; empty: it did
  std::vector<std::string> complaints;  // what differs
  std::size_t requests = 0;             // compared
  bool refused_here = false;            // before it was sent, as the server refused it there
  bool passed() const { return skipped.empty() && unmapped.empty() && complaints.empty(); }
};

judgement judge(const nlohmann::json& recording, tally& met);

}  // namespace triggerd::conformance
