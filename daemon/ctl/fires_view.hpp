// `triggerctl fires`, `fire ID`, and what `run` prints: what was done, target by target, action by action.
#pragma once

#include "ctl/reading.hpp"
#include "ctl/screen.hpp"

namespace triggerd::ctl {

std::string show_fires(const json& reply, const screen& on);
std::string show_fire(const json& reply, const screen& on);
std::string show_run(const json& reply, const screen& on);  // the last reply of Run

// How long a fire or leg took, or has taken until now; `from` names its first instant.
std::string took(const json& of, const char* from, const screen& on);

// 0 done, 1 failed, cancelled or skipped, 3 unknown; 0 while it is under way.
int verdict_of_fire(const json& fire);
int verdict_of_run(const json& reply);

}  // namespace triggerd::ctl
