// What `triggerctl call` and `triggerctl token` print: the server's reply, the token and nothing else.
#pragma once

#include "ctl/reading.hpp"
#include "ctl/screen.hpp"

namespace triggerd::ctl {

std::string show_call(const json& reply, const screen& on);
std::string show_token(const json& reply, const screen& on);

}  // namespace triggerd::ctl
