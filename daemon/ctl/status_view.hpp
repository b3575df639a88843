// `triggerctl status`: one screen that says what is wrong, since when, and what happens next.
#pragma once

#include "ctl/reading.hpp"
#include "ctl/screen.hpp"

#include <string>
#include <vector>

namespace triggerd::ctl {

std::string show_status(const json& reply, const screen& on);

// Its parts.
screen by_clock_of(const json& reply, screen on);  // ages by the daemon's own clock
std::string status_head(const json& reply, const screen& on);
std::string target_counts(const json& reply, const screen& on);
std::string fire_counts(const json& reply, const screen& on);
// What is wrong in at most so many lines: in full where there is room, else brief, and how many more there are.
std::vector<std::string> trouble_lines(const json& reply, const screen& on, std::size_t most);

}  // namespace triggerd::ctl
