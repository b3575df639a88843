// Public access tokens. What they hold is compared; the signature is of an invented key.
#include "base/text.hpp"
#include "client/public_tokens.hpp"
#include "conformance/calls.hpp"

namespace triggerd::conformance {

namespace {

using api::token_action;

std::optional<token_action> action_of(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, token_action>, 6> actions{
      {{"read", token_action::read},
       {"write", token_action::write},
       {"trigger", token_action::trigger},
       {"batchTrigger", token_action::batch_trigger},
       {"update", token_action::update},
       {"admin", token_action::admin}}};
  for (const auto& [known, action] : actions)
    if (known == word) return action;
  return std::nullopt;
}

// {read: {runs: ["a"], tasks: true}, admin: true}
result<std::vector<std::string>> scopes_of(const json& written) {
  api::public_scopes scopes;
  if (is_undefined(written)) return scopes.list();
  for (const auto& action : written.items()) {
    if (action.value() == true) {
      scopes.allow_everything();
      continue;
    }
    const auto known = action_of(action.key());
    if (!known) return no_counterpart("no scope begins with \"" + action.key() + '"');
    for (const auto& type : action.value().items()) {
      if (type.value() == true) scopes.allow(*known, type.key());
      else scopes.allow(*known, type.key(), listed(type.value()).get<std::vector<std::string>>());
    }
  }
  return scopes.list();
}

std::optional<api::token_end> end_of(const json& options) {
  const json& written = member_of(options, "expirationTime");
  if (is_undefined(written)) return std::nullopt;
  if (written.is_string()) return api::token_end(written.get<std::string>());
  if (written.is_number_integer()) return api::token_end(written.get<std::int64_t>());
  return api::token_end(instant_of(written).value());
}

json parts_of(std::string_view token) {
  const auto parts = text::split(token, '.');
  const auto part = [&](std::size_t i) { return json::parse(text::base64url_decode(parts.at(i)).value()); };
  return {{"header", part(0)}, {"payload", part(1)}};
}

reply make_token(const caller& from, api::token_wish wish) {
  const auto got = co_await client::make_public_token(from.by, std::move(wish));
  verdict out = verdict_of(got);
  if (got) out.token = parts_of((*got)->expose());
  co_return out;
}

void add_options(api::token_wish& wish, const json& options) {
  if (is_undefined(options)) return;
  wish.end = end_of(options);
  const json realtime = options.value("realtime", json::object());
  if (realtime.contains("skipColumns")) realtime["skipColumns"].get_to(wish.skip_columns);
}

reply public_token(const caller& from, const json& args) {
  const json& options = argument(args, 0);
  auto scopes = scopes_of(member_of(options, "scopes"));
  if (!scopes) co_return verdict{};
  api::token_wish wish;
  wish.scopes = std::move(*scopes);
  add_options(wish, options);
  co_return co_await make_token(from, std::move(wish));
}

using wish_for = result<api::token_wish> (*)(const std::vector<std::string>&, bool);

reply task_token(const caller& from, const json& args, wish_for make) {
  const auto tasks = texts(args.at(0));
  if (!tasks) co_return tasks.error();
  const json& options = argument(args, 1);
  auto wish = make(*tasks, flag_of(options, "multipleUse").value_or(false));
  if (!wish) co_return verdict{};
  add_options(*wish, options);
  co_return co_await make_token(from, std::move(*wish));
}

reply trigger_token(const caller& from, const json& args) { return task_token(from, args, api::trigger_token); }
reply batch_token(const caller& from, const json& args) { return task_token(from, args, api::batch_trigger_token); }

constexpr std::array<known_call, 3> tokens{{
    {"auth.createPublicToken", public_token},
    {"auth.createTriggerPublicToken", trigger_token},
    {"auth.createBatchTriggerPublicToken", batch_token},
}};

}  // namespace

std::span<const known_call> token_calls() { return tokens; }

}  // namespace triggerd::conformance
