// Token: a public access token for a target. The log and the audit hear of its scopes, never of the token.
#include "api/codes.hpp"
#include "api/public_tokens.hpp"
#include "base/text.hpp"
#include "commands/command.hpp"
#include "commands/operator_calls.hpp"
#include "instance.hpp"
#include "spec/scope.hpp"

#include <algorithm>

namespace triggerd::commands {

namespace {

error bad(std::string reason) { return fail(api::codes::bad_argument, std::move(reason)); }

bool lets_trigger(const std::string& scope) {
  return scope.starts_with("trigger:") || scope.starts_with("batchTrigger:");
}

result<api::token_wish> wish_of(const json& asked, instant now) {
  api::token_wish out;
  for (const json& one : asked.at("scopes")) {
    out.scopes.push_back(one.get<std::string>());
    if (const auto scope = spec::parse_scope(out.scopes.back()); !scope) return bad(scope.error().message);
  }
  if (out.scopes.empty()) return bad("a token without a scope opens nothing");
  if (const std::string end = text_of(asked, "expires"); !end.empty()) {
    if (const auto at = text::parse_iso(end)) {
      if (*at <= now) return bad("the token's end is in the past");
      out.end = *at;
    } else {
      out.end = end;
    }
    if (const auto known = api::unix_end(*out.end, now); !known) return known.error();
  }
  const auto once = asked.find("one_time");
  if (once != asked.end() && once->is_boolean()) out.one_time = once->get<bool>();
  if (out.one_time == true && std::none_of(out.scopes.begin(), out.scopes.end(), lets_trigger))
    return bad("a token for one time is for triggering, and none of these scopes lets it trigger");
  return out;
}

using token_answer = api::answer<std::shared_ptr<const secret>>;

task<token_answer> sign(instance& here, control::call& asked, target::access by, api::token_wish wish) {
  auto ask = api::fetch_token_subject();
  target::access through = by;
  const auto subject = co_await send(here, asked, std::move(through), std::move(ask));
  if (!subject) co_return subject.error();
  auto made = by.sign(wish, *subject, here.clock.now());
  if (!made) co_return api::refused_here(made.error());
  co_return std::make_shared<const secret>(std::move(*made));
}

result<api::operation<api::minted_token>> minting_of(const target::access& by, const api::token_wish& wish) {
  using enum spec::credential_kind;
  switch (by.reads_with()) {
    case pat:
    case org_token: return api::exchange_for_token(by.spec().project, by.spec().env, wish);
    case secret_key:
    case additional_key: return api::mint_token(wish);
    case public_token: break;
  }
  return fail(api::codes::wrong_credential, "a public access token makes no other one");
}

// As client::make_public_token does it, but through the target's budget and with a proved key.
task<token_answer> make_token(instance& here, control::call& asked, target::access by, api::token_wish wish) {
  if (by.reads_with() == spec::credential_kind::secret_key) {
    co_return co_await sign(here, asked, std::move(by), std::move(wish));
  }
  auto what = minting_of(by, wish);
  if (!what) co_return api::refused_here(what.error());
  api::operation<api::minted_token> errand = std::move(*what);
  auto got = co_await send(here, asked, std::move(by), std::move(errand));
  if (!got) co_return got.error();
  co_return std::shared_ptr<const secret>(got->token);
}

json reply_of(const secret& token) {
  json out = new_reply();
  out["token"] = std::string(token.expose());
  if (const auto seen = api::decode_token(token.expose())) put(out, "expires", seen->end);
  return out;
}

task<> run_token(instance& here, control::call& asked) {
  auto wish = wish_of(asked.parameters(), here.clock.now());
  if (!wish) {
    std::string why = wish.error().message;
    co_await refuse_argument(asked, std::move(why));
    co_return;
  }
  auto which = co_await find_target(here, asked);
  if (!which) co_return;
  auto by = co_await open_target(here, asked, std::move(which), purpose::writing);
  if (!by) co_return;
  target::access through = std::move(*by);
  api::token_wish wanted = std::move(*wish);
  const auto made = co_await make_token(here, asked, std::move(through), std::move(wanted));
  if (!made) {
    api::failure why = made.error();
    co_await refuse(here, asked, std::move(why));
    co_return;
  }
  json out = reply_of(**made);
  co_await asked.reply(std::move(out));
}

}  // namespace

const command token{"Token", control::role::admin, true, run_token, "target scopes expires"};

}  // namespace triggerd::commands
