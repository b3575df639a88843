// Public access tokens for others, made as the client's credential can make them (contract API.md 8.2).
#pragma once

#include "api/public_tokens.hpp"
#include "client/retrying_client.hpp"

#include <memory>

namespace triggerd::client {

// With a root key: the server says whose key it is, and the token is signed here. With an additional key the server
// signs it, and so it does for a personal access or organization token, which needs a project and an environment in the
// settings. A public token makes no other (api.wrong-credential). api.bad-argument for a lifetime or scopes that cannot
// be; the server's refusal when they exceed what the key may do.
task<api::answer<std::shared_ptr<const secret>>> make_public_token(retrying_client by, api::token_wish wish);

}  // namespace triggerd::client
