// What a command sends on: the text of a file, or of standard input.
#pragma once

#include "base/result.hpp"

#include <string>

namespace triggerd::ctl {

// "-" is standard input. Errors: base.io when it cannot be read, base.invalid-argument for more than one message to the
// daemon carries.
result<std::string> read_input(const std::string& path);

}  // namespace triggerd::ctl
