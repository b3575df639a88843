#include "client/public_tokens.hpp"

#include "api/codes.hpp"

namespace triggerd::client {

namespace {

using token = std::shared_ptr<const secret>;

task<api::answer<token>> sign(retrying_client by, api::token_wish wish) {
  // Before anything is sent: what cannot be signed.
  if (wish.end)
    if (const auto end = api::unix_end(*wish.end, by.time().now()); !end) co_return api::refused_here(end.error());
  auto ask = api::fetch_token_subject();
  const auto subject = co_await by.send(std::move(ask));
  if (!subject) co_return subject.error();
  auto made = api::sign_token(wish, *subject, by.config().key->value.expose(), by.time().now());
  if (!made) co_return api::refused_here(made.error());
  co_return std::make_shared<const secret>(std::move(*made));
}

task<api::answer<token>> mint(retrying_client by, result<api::operation<api::minted_token>> what) {
  if (!what) co_return api::refused_here(what.error());
  api::operation<api::minted_token> ask = std::move(*what);
  const auto got = co_await by.send(std::move(ask));
  if (!got) co_return got.error();
  co_return got->token;
}

}  // namespace

task<api::answer<token>> make_public_token(retrying_client by, api::token_wish wish) {
  using enum spec::credential_kind;
  const auto& of = by.config();
  switch (of.key ? of.key->kind : public_token) {
    case secret_key: return sign(std::move(by), std::move(wish));
    case additional_key: return mint(std::move(by), api::mint_token(wish));
    case pat:
    case org_token: return mint(by, api::exchange_for_token(of.project, of.env, wish));
    case public_token: break;
  }
  return mint(std::move(by), fail(api::codes::wrong_credential,
                                  "a public token is made with a secret key, an additional key, a personal access "
                                  "token or an organization access token"));
}

}  // namespace triggerd::client
