// Which kind of credential a text is, told from its prefix alone (contract API.md section 1.1).
#pragma once

#include <optional>
#include <string_view>

namespace triggerd::spec {

enum class environment { dev, staging, prod, preview };

std::string_view slug(environment e);       // "dev", "staging", "prod", "preview": in files and URLs
std::string_view list_slug(environment e);  // "dev", "stg", "prod", "preview": in filter[env]
std::optional<environment> environment_from(std::string_view word);  // accepts "stg" too

enum class credential_kind {
  secret_key,      // tr_<env>_...      root key of one environment
  additional_key,  // tr_<env>_sk_...   same environment, possibly limited by scopes
  pat,             // tr_pat_...        a user's; also tr_uat_
  org_token,       // tr_oat_...
  public_token,    // eyJ...            JWT limited by scopes
};

// The word of configuration files: "secret-key", "additional-key", "pat", "org-token", "public-token".
std::string_view name(credential_kind kind);
std::optional<credential_kind> credential_kind_from(std::string_view word);

struct credential_form {
  credential_kind kind;
  std::optional<environment> env;  // proved by the prefix; keys only
};
// Nullopt for anything that is not a Trigger.dev credential (also for old pk_ keys).
std::optional<credential_form> classify_credential(std::string_view value);

// Whether text in a file looks like a key that should not stand there.
bool looks_like_key(std::string_view text);

}  // namespace triggerd::spec
