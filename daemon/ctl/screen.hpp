// Where text goes: how wide, coloured or not, and what time it is there.
#pragma once

#include "base/clock.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace triggerd::ctl {

struct screen {
  std::size_t width = 0;   // columns; 0: not a terminal, nothing is cut
  std::size_t height = 0;  // rows; 0: no bound
  bool colour = false;
  bool utf8 = true;  // else a live view draws with ASCII
  instant now{};
};

enum class tint { none, good, careful, bad, faint, strong, chosen };

// What colour a state of a target, job, fire, leg, action or daemon has.
tint tint_of(std::string_view state);

std::string paint(std::string_view text, tint how, const screen& on);

// The screen behind a descriptor. Colour needs a terminal, TERM other than "dumb", and no NO_COLOR (https://no-color.org).
screen screen_of(int descriptor, instant now);

}  // namespace triggerd::ctl
