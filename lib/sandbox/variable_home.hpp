// Which environment a variables request means, and what can be seen from there.
#pragma once

#include "sandbox/call.hpp"

namespace triggerd::sandbox {

// With a secret key the key's own, whatever the path says; with a user's token the path's.
std::variant<live_environment*, reply> variable_home(state& in, const call& from);

struct seen_variable {
  std::string name;
  const stored_variable* stored = nullptr;
  bool secret = false;  // its own flag, or its parent's
};

// The parent's first, then its own; the own value where both have one.
std::vector<seen_variable> seen_from(const live_environment& home);
bool known_in_project(const live_project& project, std::string_view name);
bool reserved(std::string_view name);

// Keeps a secret one secret; a new one in a branch takes its parent's flag.
void write_variable(state& in, live_environment& home, const std::string& name, const std::string& value,
                    std::optional<bool> secret);

}  // namespace triggerd::sandbox
