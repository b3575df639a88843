// What watching runs and batches has in common: how often to look, at which of many, and what a failed look means.
#pragma once

#include "api/failure.hpp"
#include "base/clock.hpp"
#include "base/limits.hpp"
#include "base/random.hpp"
#include "job/kind.hpp"

#include <algorithm>
#include <span>
#include <vector>

namespace triggerd::job {

// What began long ago is looked at seldom: from limits::watch_soonest to watch_latest, an eighth of its age.
milliseconds look_interval(milliseconds age);

// At most `most` of them, in order; of more a stretch that begins at random, so that each gets its turn.
std::vector<const store::action_row*> stretch_of(std::span<const store::action_row> all, std::size_t most,
                                                 random_source& random);
// With more than that, the next stretch comes soon.
void hurry(observed& seen, std::size_t waiting, std::size_t most);

enum class failed_look {
  passing,    // look again
  gone,       // the server knows no such thing, and lag cannot be why
  forbidden,  // this key may not look
  cancelled,  // nothing was asked
};
failed_look judge_look(const api::failure& why, milliseconds age);

// Keeps the earliest moment that matters.
class next_look {
 public:
  void within(milliseconds wait) { wait_ = std::min(wait_, std::max(wait, milliseconds(0))); }
  void not_before(milliseconds wait) { least_ = std::max(least_, wait); }  // the server asked for patience
  milliseconds wait() const { return std::max(wait_, least_); }

 private:
  milliseconds wait_ = limits::watch_latest;
  milliseconds least_{0};
};

}  // namespace triggerd::job
