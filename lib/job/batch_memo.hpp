// What a chunk notes for itself in the ledger.
#pragma once

#include "base/clock.hpp"

#include <optional>
#include <string>

namespace triggerd::job {

struct batch_memo {
  std::string batch;             // created and not yet sealed, or sealed
  std::optional<instant> begun;  // when it was created
  int streams = 0;               // of its items, begun
  std::optional<instant> sealed;
  bool look = false;  // look whether its runs wait for a version that never comes
  std::optional<instant> cancelled;
  std::uint64_t ok = 0, bad = 0, counted = 0;  // runs whose end is known, and their number, in order of their ids

  static batch_memo read(const std::string& text);
  std::string write() const;
};

}  // namespace triggerd::job
