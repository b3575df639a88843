// Public tokens that come beside a reply (contract API.md 8.5).
#pragma once

#include "base/secret.hpp"
#include "transport/transport.hpp"

#include <memory>

namespace triggerd::api {

// Of the header x-trigger-jwt: it opens what the call has just made, and nothing else. Null: the reply has none.
std::shared_ptr<secret> public_token_of(const transport::response& reply);

}  // namespace triggerd::api
