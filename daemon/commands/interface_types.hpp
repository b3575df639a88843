// The types of io.triggerd.Control: what stands in the replies of its methods.
#pragma once

#include "control/interface.hpp"

#include <vector>

namespace triggerd::commands {

std::vector<control::named_type> interface_types();

}  // namespace triggerd::commands
