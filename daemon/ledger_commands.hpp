// `triggerd ledger export|import|new`: what is done to the ledger while no daemon lives.
#pragma once

#include "base/clock.hpp"

#include <iosfwd>
#include <string>

namespace triggerd {

struct ledger_command {
  enum class verb { none, take_out, bring_in, begin };
  verb what = verb::none;
  std::string file;  // "-": standard output or input
};

// Under the lock of the state directory. Tells people on `words` what was done or why not; gives the exit code: 0, 78 for
// what only an operator can mend, else 1.
int run_ledger(const ledger_command& said, const std::string& state_dir, const clock& time, std::ostream& words);

}  // namespace triggerd
