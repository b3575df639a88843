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
  std::string unmapped;                 // why our client cannot make this call; empty: it did
  std::vector<std::string> complaints;  // what differs
  std::size_t requests = 0;             // compared
  bool passed() const { return unmapped.empty() && complaints.empty(); }
};

judgement judge(const nlohmann::json& recording, tally& met);

// A repeated attempt of one logical call is no request of its own here: attempts are counted elsewhere.
nlohmann::json first_attempts(const nlohmann::json& requests);

}  // namespace triggerd::conformance
