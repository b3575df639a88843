// Items that stand in the job file itself.
#pragma once

#include "source/item.hpp"

#include <memory>
#include <vector>

namespace triggerd::source {

// Each text is one item; its "line" is its position from 1.
std::unique_ptr<item_reader> read_list(std::vector<std::string> items);

}  // namespace triggerd::source
