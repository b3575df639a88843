// Public access tokens (contract API.md 8): which scopes they get, how long they live, how they are signed or minted, and
// what is in them. Nothing here verifies a signature: only the server can say that a token is good.
#pragma once

#include "api/operation.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"
#include "spec/credential_kind.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace triggerd::api {

// --- what it may do ---

enum class token_action { read, write, trigger, batch_trigger, update, admin };

// Scopes in the SDK's order: action by action, type by type, each where it was first named.
class public_scopes {
 public:
  // Types are "runs", "tasks", "tags", "batch", "sessions", "waitpoints", ... (contract API.md 1.8).
  public_scopes& allow(token_action action, std::string_view type);  // every one of the type
  // Only these; an empty list allows nothing.
  public_scopes& allow(token_action action, std::string_view type, const std::vector<std::string>& ids);
  public_scopes& allow_everything();  // "admin"

  // "read:runs:run_1", ...; api.bad-argument for an empty type or id, which would mean another thing.
  result<std::vector<std::string>> list() const;

 private:
  struct kind {
    std::optional<std::string> type;  // unset: bare "admin"
    bool whole = false;
    std::vector<std::string> ids;
  };
  kind& named(token_action action, std::optional<std::string_view> type);
  std::vector<std::pair<token_action, std::vector<kind>>> actions_;
};

// --- how long it lives (contract API.md 8.3) ---

// A span from now on ("15m", "24hr", "1 week"; units s m h d w y and their long forms), unix seconds, or an instant.
using token_end = std::variant<std::string, std::int64_t, instant>;
// Unix seconds; api.bad-argument for a span that cannot be read, is not more than zero or longer than a hundred years.
result<std::int64_t> unix_end(const token_end& end, instant now);

// --- what is asked for ---

struct token_wish {
  std::vector<std::string> scopes;
  std::optional<token_end> end;           // unset: 15 minutes
  std::optional<bool> one_time;           // of tokens that trigger: good for one trigger; unset: not said
  std::vector<std::string> skip_columns;  // of realtime subscriptions; empty: not said
};
// Triggering these tasks once, or as often as one likes; api.bad-argument for an empty task id.
result<token_wish> trigger_token(const std::vector<std::string>& tasks, bool multiple_use = false);
result<token_wish> batch_trigger_token(const std::vector<std::string>& tasks, bool multiple_use = false);

// --- signed here, with a root key ---

// POST /api/v1/auth/jwt/claims: the environment that a root key opens. It may be kept per key and branch.
struct token_subject {
  std::string environment;
};
operation<token_subject> fetch_token_subject();

// The claims as the SDK writes them, as JSON text. Ends and begins in unix seconds.
std::string token_claims(const token_wish& wish, const token_subject& subject, std::int64_t end, std::int64_t begin);
// `root_key` is the environment's own secret key; of a branch its parent's, the preview key itself. An additional key
// signs nothing the server accepts. Errors are those of unix_end().
result<secret> sign_token(const token_wish& wish, const token_subject& subject, std::string_view root_key, instant now);

// --- minted by the server ---

struct minted_token {
  std::shared_ptr<secret> token;
};
// POST /api/v1/auth/public-tokens with a root or additional key; older servers do not know it (404). At most 30 days.
// api.bad-argument without a scope, and for an end that cannot be read.
result<operation<minted_token>> mint_token(const token_wish& wish);
// POST /api/v1/auth/jwt with a root key: scopes and end alone.
result<operation<minted_token>> mint_jwt(const token_wish& wish);
// POST /api/v1/projects/{ref}/{env}/jwt with a personal access or organization token. The token says who acts (`act`).
result<operation<minted_token>> exchange_for_token(std::string_view project_ref, spec::environment env,
                                                   const token_wish& wish);

// --- what is in one ---

struct token_view {
  std::string environment;  // `sub`
  std::vector<std::string> scopes;
  std::optional<instant> end, begin;
  bool one_time = false;
  std::vector<std::string> skip_columns;
  bool ended(instant now) const { return end && *end <= now; }
};
// api.bad-argument for what is no token; never quotes it.
result<token_view> decode_token(std::string_view token);

}  // namespace triggerd::api
