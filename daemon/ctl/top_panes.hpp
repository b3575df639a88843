// The three lists of the live view: a line with titles, then a line for each row.
#pragma once

#include "ctl/screen.hpp"
#include "ctl/top_model.hpp"

#include <string>
#include <vector>

namespace triggerd::ctl {

// As many rows as the model's list shows; empty when there are none. No line is wider than the screen.
std::vector<std::string> top_table(const top_model& of, top_pane which, const screen& on);

}  // namespace triggerd::ctl
