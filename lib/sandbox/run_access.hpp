// The run that a path names, for those who may read it.
#pragma once

#include "sandbox/call.hpp"

namespace triggerd::sandbox {

// What a scope may name to open a run: itself, its task, its tags, its batch.
std::vector<std::string> resources_of(const state& in, const run& of);

// 404 with the request to try again: the server's replicas lag. 403 without a scope that opens it.
std::variant<run*, reply> readable_run(state& in, const call& from);

}  // namespace triggerd::sandbox
