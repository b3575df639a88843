// Whether a call is worth sending at all: what its credential may never do is refused here, and the server is not asked.
#pragma once

#include "api/operation.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "client/client.hpp"

namespace triggerd::client {

// api.wrong-credential, naming what would do, and no value: the kind of the credential may not call the endpoint
// (contract API.md 1.3); a public token has expired, or none of its scopes could grant the call (8). What only the
// server knows (a run's task, a session's other name, the tasks of a batch) counts as granted.
result<void> check_permission(const settings& of, const api::call& what, instant now);

}  // namespace triggerd::client
