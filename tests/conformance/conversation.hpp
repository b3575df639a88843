// What a call of the SDK is with our client: one exchange, or several that belong together.
#pragma once

#include "api/failure.hpp"
#include "conformance/caller.hpp"
#include "conformance/javascript.hpp"

#include <string_view>

namespace triggerd::conformance {

struct verdict {
  bool ok = false;
  int status = 0;  // of the failure; 0: nothing was sent, or nothing came back
};
template <class T>
verdict verdict_of(const api::answer<T>& got) {
  return got ? verdict{.ok = true} : verdict{.ok = false, .status = got.error().status};
}

// An error: the call has no counterpart here, and why. `iterate`: follow the pages of a list.
task<result<verdict>> converse(const caller& from, std::string_view call, const json& args, bool iterate);

}  // namespace triggerd::conformance
