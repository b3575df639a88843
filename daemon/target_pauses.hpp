// Pauses of targets, kept over a restart: what an operator held back must not start to write because a machine rebooted.
#pragma once

#include "base/async.hpp"
#include "base/result.hpp"
#include "store/ledger.hpp"
#include "target/registry.hpp"

#include <optional>
#include <string>
#include <vector>

namespace triggerd::target_pauses {

// Written with the ledger's next commit.
void remember(store::ledger& in, const std::vector<std::string>& targets, const std::string& by, instant now,
              std::optional<instant> until);
void forget(store::ledger& in, const std::string& target);

// Pauses what an earlier process left paused; what is over by now is forgotten.
task<result<>> restore(store::ledger& from, target::registry& to, instant now);

}  // namespace triggerd::target_pauses
