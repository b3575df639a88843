// What a reload would change, and what it leaves. Pure.
#pragma once

#include "config/load.hpp"

#include <string>
#include <vector>

namespace triggerd::config {

struct name_changes {
  std::vector<std::string> added, changed, removed;  // sorted
  bool any() const { return !added.empty() || !changed.empty() || !removed.empty(); }
};

struct difference {
  name_changes credentials, limits, targets, jobs;  // by what their own tables and defaults say
  std::vector<std::string> process;                 // of [daemon], [socket], [log], [history], [http]: obeyed at once
  std::vector<std::string> restart_required;        // the same, obeyed by a new process only: a reload is refused

  bool any() const;
  // "targets: +a ~b -c; jobs: ~x", or "nothing changed".
  std::string describe() const;
};

difference compare(const settings& before, const settings& after);

// Targets and jobs that are equal become the same ones, so that who works with them and the settings hold one.
void share_equal(const settings& before, settings& after);

}  // namespace triggerd::config
