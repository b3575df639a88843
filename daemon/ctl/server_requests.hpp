// The commands that go on to a target's server: what they ask the daemon.
#pragma once

#include "ctl/commands.hpp"

namespace triggerd::ctl {

result<request> ask_call(const arguments& said);
result<request> ask_token(const arguments& said);
result<request> ask_session(const arguments& said);

}  // namespace triggerd::ctl
