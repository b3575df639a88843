#include "client/permission.hpp"

#include "api/any_call.hpp"
#include "api/codes.hpp"
#include "base/text.hpp"
#include "spec/scope.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace triggerd::client {

namespace {

error wrong(std::string text) { return fail(api::codes::wrong_credential, std::move(text)); }

// A session answers to its id and to a name of its owner's: a token for the one is good for the other.
bool has_other_names(std::string_view placeholder) { return placeholder == "session"; }

// What the scope "read:runs:{runId}" asks for in this call. An id that is not in the path is unset.
struct wanted {
  spec::access_scope scope;
  bool id_unknown = false;
};

std::optional<wanted> wanted_by(std::string_view form, const api::call& what) {
  const auto condition = form.find('?');
  if (condition != form.npos) {  // "?io=in"
    const auto name = form.substr(condition + 1, form.find('=') - condition - 1);
    if (api::path_part(what, name) != form.substr(form.find('=') + 1)) return std::nullopt;
    form = form.substr(0, condition);
  }
  auto scope = spec::parse_scope(form);
  if (!scope) return std::nullopt;
  wanted out{.scope = std::move(*scope)};
  if (!out.scope.id.starts_with('{')) return out;
  const std::string name = out.scope.id.substr(1, out.scope.id.size() - 2);
  const auto id = api::path_part(what, name);
  out.id_unknown = !id || has_other_names(name);
  out.scope.id = out.id_unknown ? std::string() : *id;
  return out;
}

bool could_grant(const std::string& held, const wanted& asked) {
  auto scope = spec::parse_scope(held);
  if (!scope) return false;
  if (asked.id_unknown) scope->id.clear();
  return spec::grants(*scope, asked.scope);
}

bool could_grant(const std::vector<std::string>& held, const api::call& what) {
  if (what.endpoint->scopes == "*") return true;
  for (const auto form : text::split(what.endpoint->scopes, ' ')) {
    const auto asked = wanted_by(form, what);
    if (asked && std::any_of(held.begin(), held.end(), [&](const auto& one) { return could_grant(one, *asked); }))
      return true;
  }
  return std::find(held.begin(), held.end(), "admin") != held.end();
}

result<void> check_token(const api::token_view& token, const api::call& what, instant now) {
  const std::string id(what.endpoint->id);
  if (token.ended(now)) return wrong("the public access token for " + id + " has expired; make a new one");
  if (could_grant(token.scopes, what)) return {};
  std::string forms(what.endpoint->scopes);
  for (std::size_t at = forms.find(' '); at != forms.npos; at = forms.find(' ', at + 4)) forms.replace(at, 1, " or ");
  return wrong("no scope of the public access token allows " + id + "; it takes " + forms);
}

}  // namespace

result<void> check_permission(const settings& of, const api::call& what, instant now) {
  if (what.endpoint->open) return {};
  const auto refused = [&](const std::string& why) { return wrong(why + spec::who_may_call(*what.endpoint)); };
  const std::string id(what.endpoint->id);
  if (!of.key || of.key->value.empty()) return refused(id + " needs a credential and there is none; it takes ");
  if (!spec::may_call(of.key->kind, *what.endpoint))
    return refused("a credential of the kind " + std::string(spec::name(of.key->kind)) + " may not call " + id +
                   "; it takes ");
  if (of.key->token && of.check_scopes) return check_token(*of.key->token, what, now);
  return {};
}

}  // namespace triggerd::client
