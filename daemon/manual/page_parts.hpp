// What pages of programs and of files have in common.
#pragma once

#include "manual/page.hpp"

#include <string>

namespace triggerd::manual {

std::string beginning(const page& about, const std::string& version);  // down to the synopsis
std::string description(const page& about);
std::string ending(const page& about);  // examples, files, environment, see also

}  // namespace triggerd::manual
