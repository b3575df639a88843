// What a replay notes about one of its actions, as the JSON of action_row::memo.
#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace triggerd::job {

struct replay_memo {
  bool watch = false;            // until the new runs have ended: for `wait`, or because in_flight holds others back
  std::optional<instant> first;  // when it was first sent
  std::optional<instant> last;   // when it was last sent
  std::optional<instant> ended;  // when the bulk action was seen to have ended
  std::uint64_t success = 0;     // its counts then
  std::uint64_t failure = 0;
  bool noticed = false;  // people were told that a new run waits for a version

  std::string text() const;
  static replay_memo read(std::string_view text);  // what cannot be read is as if never written
  friend bool operator==(const replay_memo&, const replay_memo&) = default;
};

}  // namespace triggerd::job
