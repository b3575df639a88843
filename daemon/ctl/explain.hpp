// `triggerctl explain`: what an error code means, offline; what made a fire or run, by the daemon's ledger.
#pragma once

#include "ctl/arguments.hpp"
#include "ctl/reading.hpp"
#include "ctl/screen.hpp"
#include "ctl/window.hpp"

#include <CLI/CLI.hpp>

namespace triggerd::ctl {

void explain_options(CLI::App& of, arguments& into);
int explain(const arguments& said, window& to);

std::string show_codes(const arguments& said, const screen& on);  // all of them, a line each
std::string show_explanation(const json& reply, const screen& on);
int verdict_of_explanation(const json& reply);  // 1: it is not ours

}  // namespace triggerd::ctl
