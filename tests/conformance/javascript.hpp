// JavaScript values as the recordings write them: {"$date": ...}, {"$undefined": true}, {"$repeat": ...} and others.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace triggerd::conformance {

using nlohmann::json;

bool is_undefined(const json& value);

// What stands in JSON for it; an error for what JSON has no form for (a payload's Date is more than its text).
result<json> plain(const json& value);
// The same for an option, where a Date is its ISO text.
result<json> plain_option(const json& value);

// The same as superjson has it: plain JSON, and what its parts were ("meta.values"); null: plain JSON it is.
struct superjson {
  json value, types;
};
result<superjson> superjson_of(const json& value);

// One value or a list of them, as a list; undefined is empty.
json listed(const json& value);
result<std::vector<std::string>> texts(const json& value);
// A Date or milliseconds since 1970.
result<instant> instant_of(const json& value);

// The argument at `i`; undefined when the call had fewer.
const json& argument(const json& args, std::size_t i);
const json& member_of(const json& of, const char* name);

// No counterpart here, and why.
error no_counterpart(std::string why);

}  // namespace triggerd::conformance
