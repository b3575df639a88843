// `triggerctl events`: the snapshot first, then a line for each change.
#pragma once

#include "ctl/reading.hpp"
#include "ctl/screen.hpp"

namespace triggerd::ctl {

std::string show_events(const json& reply, const screen& on);

}  // namespace triggerd::ctl
