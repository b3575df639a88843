// Runs as JSON: whole on retrieve, as a row in lists.
#pragma once

#include "sandbox/json_text.hpp"
#include "sandbox/state.hpp"

namespace triggerd::sandbox {

// `asked` says under which origin the object store is reached.
json whole_run(const state& in, const run& of, const request& asked = {});
json run_row(const state& in, const run& of, instant as_of);

}  // namespace triggerd::sandbox
