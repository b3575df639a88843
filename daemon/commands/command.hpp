// Everything the daemon can be asked for: one struct per verb, one table of them. Signals are aliases of some.
#pragma once

#include "control/call.hpp"

#include <vector>

namespace triggerd {
struct instance;
}

namespace triggerd::commands {

struct command {
  const char* name;  // as in the interface
  control::role needs;
  bool changes;  // audited
  task<> (*run)(instance&, control::call&);
  const char* told = "";  // parameters that the audit quotes
};

// clang-format off
extern const command status, targets, jobs, fires, fire, next, plan, explain, events, metrics; // look
extern const command run, cancel, pause, resume, resolve, session_tail, session_append; // operate
extern const command reload, drain, stop, log_level, call, token;                       // administer
// clang-format on

std::vector<control::verb> verbs_of(instance& here);

}  // namespace triggerd::commands
