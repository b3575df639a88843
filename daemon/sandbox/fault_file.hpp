// A fault plan as a TOML file: [[fault]] tables, the first that matches a request wins.
#pragma once

#include "base/result.hpp"
#include "config/keys.hpp"
#include "sandbox/faults.hpp"

namespace triggerd::rehearsal {

const config::shape& fault_shape();

// Every complaint together, a line each, with file:line:col. An empty text is an empty plan.
result<std::vector<sandbox::fault_rule>> parse_faults(std::string_view text, const std::string& file);

}  // namespace triggerd::rehearsal
