// The live view as lines of a screen: what the model knows, drawn. Writes nothing.
#pragma once

#include "ctl/screen.hpp"
#include "ctl/top_model.hpp"

#include <string>
#include <vector>

namespace triggerd::ctl {

// At most as many lines as the screen is high, none wider than it.
std::vector<std::string> top_lines(const top_model& of, const screen& on, steady_time now);

}  // namespace triggerd::ctl
