// Runs as rows of a realtime shape: every value is text or null (contract API.md 15.1).
#pragma once

#include "sandbox/json_text.hpp"
#include "sandbox/state.hpp"

namespace triggerd::sandbox {

const std::string& shape_schema();  // the "electric-schema" header
json shape_row(const state& in, const run& of, const std::vector<std::string>& skipped_columns);
std::string shape_key(const state& in, const run& of);
// When the row looked different for the last time.
instant shape_change(const run& of, instant now);

}  // namespace triggerd::sandbox
