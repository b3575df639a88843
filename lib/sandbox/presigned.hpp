// Addresses in the object store, as replies hand them out.
#pragma once

#include "sandbox/state.hpp"

namespace triggerd::sandbox {

// Every environment has a folder of its own: "proj_x/prod/NAME".
std::string object_path(const live_environment& in, std::string_view name);
// The origin is the one that was asked: the Host header, with x-forwarded-proto; without a Host the world's base URL.
std::string presigned_url(const state& in, const request& asked, std::string_view method, const live_environment& of,
                          std::string_view name);

}  // namespace triggerd::sandbox
