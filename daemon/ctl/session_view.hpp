// `triggerctl session`: a line for each record of a channel, or where the appended one stands.
#pragma once

#include "ctl/reading.hpp"
#include "ctl/screen.hpp"

namespace triggerd::ctl {

std::string show_session(const json& reply, const screen& on);

}  // namespace triggerd::ctl
