// Who calls: secret keys, personal access tokens and public access tokens, and what each may do.
#pragma once

#include "sandbox/message.hpp"
#include "sandbox/places.hpp"

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace triggerd::sandbox {

enum class caller_kind : std::uint8_t { root_key, additional_key, user, public_token };

struct caller {
  caller_kind kind = caller_kind::root_key;
  live_environment* where = nullptr;   // keys and public tokens; with a preview key the branch
  const access_token* user = nullptr;  // user
  std::vector<std::string> scopes;     // of limited keys and of public tokens
  bool full = true;
  bool one_time = false;
  std::vector<std::string> skipped_columns;  // of realtime rows, by a public token's word
  std::string token;                         // public tokens only: to remember a used one

  // `action` on any of the resources "tasks:hello", "runs"; "write" on tasks also triggers.
  bool may(std::string_view action, const std::vector<std::string>& resources) const;
};

// Why nobody was found.
enum class denial : std::uint8_t { unknown, branch_required, no_branch, bad_token };

class credentials {
 public:
  credentials(const world& of, places& homes);

  // The word after "Bearer ", trimmed; also a bare secret key. Empty when there is none.
  static std::string_view token_of(const request& asked);
  static std::string branch_of(const request& asked);  // cleaned like the server does

  std::variant<caller, denial> find(const request& asked, instant now) const;
  const access_token* user(std::string_view token) const;
  // The environment behind a secret key, before any branch is chosen.
  live_environment* owner(std::string_view token) const;
  live_environment* root_owner(std::string_view token) const;  // behind a root key alone
  // Whose rate limit a request counts against, by the token alone.
  std::string subject(std::string_view token) const;
  static bool is_public_token(std::string_view token);
  static bool is_organization(std::string_view token) { return token.starts_with("tr_oat_"); }

 private:
  struct key {
    live_environment* where;
    bool root;
    std::vector<std::string> scopes;
  };
  std::variant<caller, denial> with_key(const key& found, const request& asked) const;
  std::variant<caller, denial> with_public_token(std::string_view token, instant now) const;

  places& homes_;
  std::map<std::string, key, std::less<>> keys_;
  std::map<std::string, const access_token*, std::less<>> users_;
};

}  // namespace triggerd::sandbox
