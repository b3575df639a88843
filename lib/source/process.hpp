// Runs the program of a source and collects what it prints. The only place of the daemon that starts programs.
#pragma once

#include "base/async.hpp"
#include "base/clock.hpp"
#include "base/limits.hpp"
#include "base/result.hpp"

#include <string>
#include <utility>
#include <vector>

namespace triggerd::source {

struct process_spec {
  std::vector<std::string> argv;  // no shell; [0] with a slash is a path, else it is looked up in our PATH
  std::vector<std::pair<std::string, std::string>> environment;  // on top of PATH, HOME, LANG and TZ; later ones win
  std::string directory;                                         // to start in; empty: where the daemon stands
  milliseconds timeout = limits::exec_timeout;
  std::size_t most_output = limits::exec_output;
};

struct process_output {
  std::string out;   // standard output, whole
  std::string said;  // the end of standard error, made printable
};

// Succeeds when the program ended with status 0. It runs in a process group of its own, with standard input empty, no
// descriptor of ours and default signals. When it ends, whatever it left running in its group is killed.
//
// Errors: source.not-started; source.command-failed with the status, and the end of its standard error as the peer's
// words; source.command-timeout and base.cancelled after TERM and, limits::exec_grace later, KILL to the group;
// source.command-output after KILL. Messages name argv[0] only: arguments may hold what nobody should read.
// Completes only when the program is gone. `timers`, `time` and `cancel` outlive the call.
task<result<process_output>> run_process(process_spec what, timers& timers, const clock& time, cancellation& cancel);

}  // namespace triggerd::source
