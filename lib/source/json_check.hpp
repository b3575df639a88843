// Whether a text may be sent as JSON, and what it says.
#pragma once

#include "base/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace triggerd::source {

// One JSON text, strict UTF-8, at most limits::json_depth deep, no integer beyond 2^53 in either direction: the server
// reads numbers as doubles and would change it silently. The error (source.bad-item) names the byte, never the text.
result<> check_json(std::string_view text);               // without building it in memory
result<nlohmann::json> read_json(std::string_view text);  // of members named alike the last stands

}  // namespace triggerd::source
