// From a call to the bytes of its request: address, headers, and what must be refused before anything is sent. Pure but
// for the fresh id of each request.
#pragma once

#include "api/operation.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "client/client.hpp"
#include "transport/transport.hpp"

namespace triggerd::client {

// Whether the branch header goes out (contract API.md 1.5). With a personal access token the server looks for a preview
// branch whatever the path says: only the slugs preview and dev may carry it.
bool sends_branch(const settings& of, const api::call& what);

// Whether its requests carry x-trigger-request-idempotency-key, one for all attempts of a call (contract API.md 3.1).
bool sends_request_id(const spec::endpoint& of);

// Errors: api.wrong-credential, api.bad-argument; neither quotes a value. `now` tells whether a public token has expired.
result<transport::request> make_request(const settings& of, const api::call& what, random_source& random, instant now);

}  // namespace triggerd::client
