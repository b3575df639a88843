// `triggerctl endpoints`: the table of the API's endpoints, for people, scripts and completions.
#pragma once

#include "ctl/arguments.hpp"
#include "ctl/screen.hpp"

namespace triggerd::ctl {

// A table; with --names the ids alone; with --json an object for each, one a line.
std::string show_endpoints(const arguments& said, const screen& on);

}  // namespace triggerd::ctl
