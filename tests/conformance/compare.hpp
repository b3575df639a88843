// One request of ours beside the recorded one.
#pragma once

#include "conformance/exceptions.hpp"
#include "transport/transport.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace triggerd::conformance {

// The path and query of an absolute URL.
std::string target_of(const std::string& url);
std::string header_of(const transport::request& request, std::string_view name);  // empty: none

// What differs and should not; `additional` are the headers that the caller configured.
std::vector<std::string> compare(const nlohmann::json& recorded, const transport::request& ours,
                                 const nlohmann::json& additional, tally& met);

}  // namespace triggerd::conformance
