// Sessions as JSON, and what a scope may name to open one.
#pragma once

#include "sandbox/call.hpp"

namespace triggerd::sandbox {

json shown_session(const state& in, const session& of);

// Either of its ids: one token serves both.
std::vector<std::string> session_resources(const state& in, const session& of);

// The session that the path names, for who may do this with it; 404 or 403 otherwise. The words are the route's.
std::variant<session*, reply> open_session(state& in, const call& from, std::string_view action);

}  // namespace triggerd::sandbox
