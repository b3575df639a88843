// What a trigger action notes for itself in the ledger.
#pragma once

#include "base/clock.hpp"

#include <optional>
#include <string>

namespace triggerd::job {

struct trigger_memo {
  bool locked = false;           // its body names a version
  bool look = false;             // look whether it waits for a version that never comes, or is not the only run
  std::optional<instant> doubt;  // when an attempt first ended without telling; then when a list told of its run
  std::optional<instant> since;  // when its run was made
  int lookups = 0;               // in a row that did not tell

  static trigger_memo read(const std::string& text);
  std::string write() const;
};

}  // namespace triggerd::job
