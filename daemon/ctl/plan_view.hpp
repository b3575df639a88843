// `triggerctl plan JOB`: what a run would do.
#pragma once

#include "ctl/reading.hpp"
#include "ctl/screen.hpp"

namespace triggerd::ctl {

std::string show_plan(const json& reply, const screen& on);
int verdict_of_plan(const json& reply);  // 0 no changes, 2 changes, 1 some target cannot be planned

}  // namespace triggerd::ctl
