// What the creation of a session asks for, checked (contract API.md 16.2).
#pragma once

#include "sandbox/call.hpp"

namespace triggerd::sandbox {

struct session_order {
  std::string type, external, task;
  json trigger_config, metadata;
  std::vector<std::string> tags;
  std::optional<instant> expires;
};

std::variant<session_order, reply> read_session_order(const json& body);
// nullopt when there are none; 400 for what are no tags.
std::variant<std::optional<std::vector<std::string>>, reply> read_session_tags(const json& body);

}  // namespace triggerd::sandbox
