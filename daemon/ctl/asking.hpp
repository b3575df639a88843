// One call of the daemon, from what a person typed to what the shell learns.
#pragma once

#include "control/client.hpp"
#include "ctl/commands.hpp"
#include "ctl/window.hpp"

namespace triggerd::ctl {

result<control::client> connect(const arguments& said);
int report(const control::failure& failed, const arguments& said, window& to);  // gives the exit code
int report_usage(std::string why, const arguments& said, window& to);           // of a wrong command line
int ask_daemon(const command& what, const arguments& said, window& to);         // likewise

}  // namespace triggerd::ctl
