// What the changing commands print when they have changed something.
#pragma once

#include "ctl/reading.hpp"
#include "ctl/screen.hpp"

namespace triggerd::ctl {

std::string show_reload(const json& reply, const screen& on);
int verdict_of_reload(const json& reply);  // 0 applied or unchanged, 78 refused, 1 restart required

std::string show_pause(const json& reply, const screen& on);
std::string show_resume(const json& reply, const screen& on);
std::string show_cancel(const json& reply, const screen& on);
std::string show_resolve(const json& reply, const screen& on);
int verdict_of_resolve(const json& reply);  // 3 when something stays unknown
std::string show_drain(const json& reply, const screen& on);
int verdict_of_drain(const json& reply);  // 1 when fires still run
std::string show_stop(const json& reply, const screen& on);
std::string show_log_level(const json& reply, const screen& on);

}  // namespace triggerd::ctl
