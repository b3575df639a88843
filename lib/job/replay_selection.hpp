// Which runs a replay selects: the filter of the list, rendered for one leg. Pure.
#pragma once

#include "api/runs.hpp"
#include "base/result.hpp"
#include "job/kind.hpp"

#include <string>
#include <vector>

namespace triggerd::job {

struct replay_selection {
  api::run_filter filter;          // `from` and `to` are always set
  std::vector<std::string> notes;  // what people should know about it
};

// `from` and `to` are instants or relative to the fire's due instant; a later `to` than limits::replay_margin before it
// is pulled back, so that a replay neither selects its own runs nor misses lagging ones. An entry that renders to
// nothing or holds a comma would widen the selection silently: it is an error, as are bounds that cannot be read.
result<replay_selection> select_runs(const leg_view& leg);

}  // namespace triggerd::job
