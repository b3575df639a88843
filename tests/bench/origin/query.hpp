// The value of a name in a query, brackets encoded or not.
#pragma once

#include <string>
#include <string_view>

namespace origin {

std::string percent_decoded(std::string_view text);
std::string query_value(std::string_view query, std::string_view name);  // empty: not there

}  // namespace origin
