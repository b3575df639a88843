// Whose key is it (contract API.md 21, 8). Several replies hold keys: they are read into secrets and never logged.
#pragma once

#include "api/operation.hpp"
#include "api/public_tokens.hpp"
#include "base/secret.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

// GET /api/v1/whoami with a secret key: the environment it opens. The key in the reply is dropped unread.
struct environment_view {
  std::string id;
  std::string slug;         // "prod", "stg", "dev"; of a branch the server's own ("preview-featurelogin")
  std::string type;         // "PRODUCTION", ...
  std::string parent;       // parent environment id of a branch; empty: none
  std::string branch;       // branch name; empty: none
  std::string project_ref;  // "proj_..."
};
operation<environment_view> whoami_key();

// GET /api/v2/whoami?projectRef= with a PAT: `project_known` is false when the user cannot see the project.
struct user_view {
  std::string user;
  bool project_known = false;
};
operation<user_view> whoami_user(std::string_view project_ref);

// GET /api/v1/projects/{ref}/environments with a PAT: parents only.
struct environment_entry {
  std::string id, slug, type;
  bool branches = false;
};
operation<std::vector<environment_entry>> list_environments(std::string_view project_ref);

// GET /api/v1/projects/{ref}/branches with a PAT: the living branches; archived ones are missing. The parent of each is
// the environment of list_environments() whose slug is "preview".
struct branch_entry {
  std::string id, name;
};
operation<std::vector<branch_entry>> list_branches(std::string_view project_ref);

// GET /api/v1/projects/{ref}/{env} with a PAT: hands out the environment's key; only for `exchange = true`.
struct exchanged_key {
  std::shared_ptr<secret> key;
  std::string project_id;  // the server's internal id ("cmw..."), not the "proj_..." that was asked for
};
operation<exchanged_key> fetch_environment_key(std::string_view project_ref, std::string_view slug);

// A short-lived public token, read for its subject alone: the environment of the key that asked.
operation<token_subject> mint_public_token(std::string_view one_scope, std::uint32_t lifetime_s);

}  // namespace triggerd::api
