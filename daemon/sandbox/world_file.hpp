// The world of the sandbox as a TOML file: projects, environments, branches, keys, tasks, variables, past runs, limits.
#pragma once

#include "base/result.hpp"
#include "config/keys.hpp"
#include "sandbox/world.hpp"

namespace triggerd::rehearsal {

const config::shape& world_shape();

// Every complaint together, a line each, with file:line:col.
result<sandbox::world> parse_world(std::string_view text, const std::string& file);

// What stands when no file is given: the text of config/sandbox/world.toml.
std::string_view default_world();

}  // namespace triggerd::rehearsal
