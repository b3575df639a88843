// `triggerctl top`: a live view over the whole terminal.
#pragma once

#include "ctl/arguments.hpp"
#include "ctl/window.hpp"

#include <CLI/CLI.hpp>

namespace triggerd::ctl {

void top_options(CLI::App& of, arguments& into);
int top(const arguments& said, window& to);

}  // namespace triggerd::ctl
