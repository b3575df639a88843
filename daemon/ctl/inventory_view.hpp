// `triggerctl targets`, `jobs` and `next`: what there is.
#pragma once

#include "ctl/reading.hpp"
#include "ctl/screen.hpp"

namespace triggerd::ctl {

std::string show_targets(const json& reply, const screen& on);
std::string show_jobs(const json& reply, const screen& on);
std::string show_next(const json& reply, const screen& on);

// Of a TargetStatus.
std::string budget_left(const json& target);               // "1,180/1,200": what the server's limiter has left
std::string reply_times(const json& target);               // "12/80 ms": p50 and p99
std::string remark(const json& target, const screen& on);  // what is wrong or held, then what comes next

}  // namespace triggerd::ctl
