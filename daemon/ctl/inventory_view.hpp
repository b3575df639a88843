// `triggerctl targets`, `jobs` and `next`: what there is.
#pragma once

#include "ctl/reading.hpp"
#include "ctl/screen.hpp"

namespace triggerd::ctl {

std::string show_targets(const json& reply, const screen& on);
std::string show_jobs(const json& reply, const screen& on);
std::string show_next(const json& reply, const screen& on);

}  // namespace triggerd::ctl
