// Public access tokens, their ends and their scopes. Errors never quote a token.
#include "api/public_tokens.hpp"
#include "fuzz/input.hpp"
#include "spec/credential_kind.hpp"
#include "spec/scope.hpp"

#include <nlohmann/json.hpp>

using namespace triggerd;
using namespace triggerd::fuzz;

namespace {

constexpr instant now{std::chrono::seconds(1'790'000'000)};

// Signed anew from what was read, a token is read alike.
void require_round_trip(const api::token_view& view) {
  api::token_wish wish;
  wish.scopes = view.scopes;
  wish.one_time = view.one_time;
  wish.skip_columns = view.skip_columns;
  if (view.end) wish.end = *view.end;
  const auto token = api::sign_token(wish, {view.environment}, "tr_prod_0000", now);
  require(token.has_value(), "a token that was read can be signed");
  const auto again = api::decode_token(token->expose());
  require(again && again->environment == view.environment && again->scopes == view.scopes &&
              again->one_time == view.one_time && again->skip_columns == view.skip_columns && again->begin == now,
          "a signed token is read back");
  require(!view.end || again->end == view.end, "its end is kept");
}

void try_token(std::string_view token) {
  const auto view = api::decode_token(token);
  if (view) {
    for (const auto& one : view->scopes) {
      const auto scope = spec::parse_scope(one);
      if (scope) require(spec::grants(view->scopes, *scope), "a token grants the scopes it lists");
    }
    return require_round_trip(*view);
  }
  require_sound(view.error());
  require(view.error().message == api::decode_token({}).error().message, "a token is never quoted");
}

// The claims as they are, so that the fuzzer need not learn base64.
void try_claims(std::string_view claims) {
  try_token(text::base64url(R"({"alg":"HS256"})") + '.' + text::base64url(claims) + ".c2ln");
}

void try_base64(std::string_view text) {
  const auto bytes = text::base64url_decode(text);
  if (bytes) require(text::base64url_decode(text::base64url(*bytes)) == *bytes, "bytes are read back from base64");
}

void try_end(std::string_view text) {
  const auto end = api::unix_end(std::string(text), now);
  if (!end) return require_sound(end.error());
  require(*end > 1'790'000'000 && *end <= 1'790'000'000 + 100LL * 31'557'600, "a token ends within a hundred years");
}

void try_scope(std::string_view text) {
  const auto scope = spec::parse_scope(text);
  if (!scope) return require_sound(scope.error());
  const auto again = spec::parse_scope(spec::show(*scope));
  require(again && *again == *scope, "a scope is read back from its text");
  require(spec::grants(*scope, *scope), "a scope grants itself");
}

void try_credential(std::string_view text) {
  const auto form = spec::classify_credential(text);
  const bool key =
      form && (form->kind == spec::credential_kind::secret_key || form->kind == spec::credential_kind::additional_key);
  require(!form || form->env.has_value() == key, "the prefix of a key, and of nothing else, proves an environment");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  input in(data, size);
  switch (in.below(6)) {
    case 0: try_token(in.rest()); break;
    case 1: try_claims(in.rest()); break;
    case 2: try_base64(in.rest()); break;
    case 3: try_end(in.rest()); break;
    case 4: try_scope(in.rest()); break;
    default: try_credential(in.rest()); break;
  }
  return 0;
}
