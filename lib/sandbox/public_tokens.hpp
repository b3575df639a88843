// Public access tokens: JSON web tokens signed with an environment's root key.
#pragma once

#include "base/clock.hpp"
#include "sandbox/json_text.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::sandbox {

struct claims {
  std::string subject;  // environment id
  std::vector<std::string> scopes;
  instant expires{};
  bool one_time = false;
  std::vector<std::string> skipped_columns;  // of realtime rows
};

// `more` is merged into the claims: otu, realtime, act.
std::string mint(std::string_view root_key, std::string_view subject, const json& scopes, instant now, instant expires,
                 const json& more = json::object());
std::optional<claims> read_claims(std::string_view token);  // nullopt when it is no public access token
bool is_signed(std::string_view token, std::string_view root_key);

// "15m", absolute unix seconds, or a date; nullopt when it cannot be read.
std::optional<instant> read_expiry(const json& text, instant now);

}  // namespace triggerd::sandbox
