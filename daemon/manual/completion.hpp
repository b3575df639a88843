// Completions of a command line for three shells. Names of jobs, targets, fires and endpoints are asked of the running
// daemon when they are wanted, by `triggerctl ... --names`.
#pragma once

#include "manual/grammar.hpp"

#include <string>

namespace triggerd::manual {

std::string bash_completion(const verb& program);
std::string zsh_completion(const verb& program);
std::string fish_completion(const verb& program);

}  // namespace triggerd::manual
