#include "api/public_token.hpp"

#include <string>

namespace triggerd::api {

std::shared_ptr<secret> public_token_of(const transport::response& reply) {
  const auto token = reply.head.first("x-trigger-jwt");
  return token && !token->empty() ? std::make_shared<secret>(std::string(*token)) : nullptr;
}

}  // namespace triggerd::api
