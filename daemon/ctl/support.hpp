// `triggerctl support`: one file that tells a helper how things stand, without a secret in it.
#pragma once

#include "ctl/arguments.hpp"
#include "ctl/window.hpp"

#include <CLI/CLI.hpp>

namespace triggerd::ctl {

void support_options(CLI::App& of, arguments& into);
int support(const arguments& said, window& to);

}  // namespace triggerd::ctl
