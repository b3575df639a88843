// The value behind a typed reference: { env }, { file }, { systemd } or { exec }.
#pragma once

#include "config/environment.hpp"

#include <functional>

namespace triggerd::config {

// Runs a program and gives its standard output; lives elsewhere, because children do.
using program_runner = std::function<result<secret>(const spec::value_source&)>;

// One trailing newline is dropped. Errors:
//   secret_missing  no such variable, file or credential
//   secret_unsafe   a file that group or others may read, that another user owns, or that is no ordinary file; a file
//                   inside $CREDENTIALS_DIRECTORY is systemd's to protect
//   secret_form     empty, over limits::secret_file, or with control characters
//   not_checkable   systemd outside the unit, or exec without a runner
// and whatever the runner says. Messages hold names and paths, never values. Reads files; never blocks on a FIFO.
result<secret> resolve(const spec::value_source& source, const environment& env, const program_runner& run);

// For people: "variable X", "file /p", "credential X of the unit", "program /usr/bin/x".
std::string describe(const spec::value_source& source);

}  // namespace triggerd::config
