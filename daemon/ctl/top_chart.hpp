// Small pictures made of text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace triggerd::ctl {

// A column for each value, the highest as high as a line; 0 is the lowest.
std::string sparkline(const std::vector<double>& values);

// What a terminal shows that speaks no UTF-8: the same columns, pictures drawn with ASCII, letters as "?".
std::string as_ascii(std::string_view utf8);

}  // namespace triggerd::ctl
