// A call that failed: what to tell the person, and what the shell.
#pragma once

#include "control/client.hpp"
#include "ctl/screen.hpp"

namespace triggerd::ctl {

std::string words_of_failure(const control::failure& what);
std::string show_failure(const control::failure& what, const screen& on);
int verdict_of_failure(const control::failure& what);

}  // namespace triggerd::ctl
