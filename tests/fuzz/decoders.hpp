// Every decoder of lib/api, in a fixed order: kept inputs name them by their place.
#pragma once

#include "api/operation.hpp"

#include <functional>
#include <vector>

namespace triggerd::fuzz {

struct decoder {
  api::call what;
  std::function<result<>(const transport::response&)> read;
};

std::vector<decoder> all_decoders();

}  // namespace triggerd::fuzz
