// `triggerctl status`: one screen that says what is wrong, since when, and what happens next.
#pragma once

#include "ctl/reading.hpp"
#include "ctl/screen.hpp"

namespace triggerd::ctl {

std::string show_status(const json& reply, const screen& on);

}  // namespace triggerd::ctl
