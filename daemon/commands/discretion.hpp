// What people are shown of a server's replies: everything but keys, tokens and the values of variables. Pure.
#pragma once

#include "spec/endpoint.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace triggerd::commands {

// The net that knows the values in use: operator_log::clean.
using cleaner = std::function<std::string(std::string_view)>;

// Hidden are texts in members named like a key, token, secret or password; of environment variables every value, also
// of those that are no secrets; and what the net finds in any text or name. Addresses signed for a while stay.
nlohmann::json discreet(const spec::endpoint& of, const nlohmann::json& reply, const cleaner& clean);

}  // namespace triggerd::commands
