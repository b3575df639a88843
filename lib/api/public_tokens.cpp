#include "api/public_tokens.hpp"

#include "api/arguments.hpp"
#include "api/codes.hpp"
#include "api/json_fields.hpp"
#include "base/digest.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace triggerd::api {

namespace {

using nlohmann::json;

constexpr std::string_view jwt_header = R"({"alg":"HS256"})";
constexpr std::string_view token_issuer = "https://id.trigger.dev";
constexpr std::string_view token_audience = "https://api.trigger.dev";
constexpr std::int64_t default_life_s = 15 * 60;

std::string_view word(token_action action) {
  switch (action) {
    case token_action::read: return "read";
    case token_action::write: return "write";
    case token_action::trigger: return "trigger";
    case token_action::batch_trigger: return "batchTrigger";
    case token_action::update: return "update";
    case token_action::admin: break;
  }
  return "admin";
}

constexpr std::int64_t day_s = 86'400;
constexpr std::int64_t year_s = 31'557'600;  // 365.25 days

// A table reads best with a row on a line.
// clang-format off
constexpr std::pair<std::string_view, std::int64_t> span_units[] = {
    {"s", 1},          {"sec", 1},     {"secs", 1},      {"second", 1},      {"seconds", 1},
    {"m", 60},         {"min", 60},    {"mins", 60},     {"minute", 60},     {"minutes", 60},
    {"h", 3'600},      {"hr", 3'600},  {"hrs", 3'600},   {"hour", 3'600},    {"hours", 3'600},
    {"d", day_s},      {"day", day_s}, {"days", day_s},
    {"w", 7 * day_s},  {"week", 7 * day_s},              {"weeks", 7 * day_s},
    {"y", year_s},     {"yr", year_s}, {"yrs", year_s},  {"year", year_s},   {"years", year_s},
};
// clang-format on

constexpr std::int64_t longest_life_s = 100 * year_s;

// "15m", "1.5 hours": a number, at most one blank, a unit in any case.
result<std::int64_t> span_seconds(std::string_view span) {
  double number = 0;
  const char* const last = span.data() + span.size();
  const auto [end, failure] = std::from_chars(span.data(), last, number, std::chars_format::fixed);
  std::string_view rest(end, static_cast<std::size_t>(last - end));
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  const std::string unit = text::lower(rest);
  const auto* const known =
      std::find_if(std::begin(span_units), std::end(span_units), [&](const auto& one) { return one.first == unit; });
  if (failure != std::errc() || known == std::end(span_units))
    return bad_argument("the token's end", "cannot be read; write a span like \"15m\", \"24hr\" or \"1 week\"");
  const double seconds = number * static_cast<double>(known->second);
  if (!(seconds >= 0.5 && seconds <= static_cast<double>(longest_life_s)))
    return bad_argument("the token's end", "is not between one second and a hundred years from now");
  return static_cast<std::int64_t>(seconds + 0.5);
}

std::int64_t unix_seconds(instant at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

// Spans travel as they are written, after they were understood; instants as unix seconds, as the SDK sends them.
result<void> put_end(json& body, const std::optional<token_end>& end) {
  if (!end) return {};
  if (const auto* span = std::get_if<std::string>(&*end)) {
    if (const auto read = span_seconds(*span); !read) return read.error();
    body["expirationTime"] = *span;
    return {};
  }
  if (const auto* at = std::get_if<instant>(&*end)) body["expirationTime"] = unix_seconds(*at);
  else body["expirationTime"] = std::get<std::int64_t>(*end);
  return {};
}

result<token_subject> read_token_subject(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto subject = required_text(*body, "sub");
  if (!subject) return subject.error();
  return token_subject{std::move(*subject)};
}

result<minted_token> read_minted(const transport::response& reply) {
  auto body = parse_body(reply);
  if (!body) return body.error();
  auto token = required_secret(*body, "token");
  if (!token) return token.error();
  return minted_token{std::move(*token)};
}

operation<minted_token> minting(call what) {
  what.secret_reply = true;
  return {std::move(what), read_minted};
}

result<json> claims_body(const token_wish& wish) {
  json body = json::object();
  if (!wish.scopes.empty()) body["claims"] = {{"scopes", wish.scopes}};
  if (const auto put = put_end(body, wish.end); !put) return put.error();
  return body;
}

result<token_wish> task_token(token_action action, const std::vector<std::string>& tasks, bool multiple_use) {
  auto scopes = public_scopes().allow(action, "tasks", tasks).list();
  if (!scopes) return scopes.error();
  if (scopes->empty()) return bad_argument("the tasks of a token", "are none");
  return token_wish{.scopes = std::move(*scopes), .end = {}, .one_time = !multiple_use, .skip_columns = {}};
}

std::optional<instant> claimed_instant(const json& claims, std::string_view name) {
  const auto seconds = integer_member(claims, name);
  constexpr std::int64_t year_9999 = 253'402'300'800;
  if (!seconds || *seconds < 0 || *seconds > year_9999) return std::nullopt;
  return instant(std::chrono::seconds(*seconds));
}

}  // namespace

public_scopes::kind& public_scopes::named(token_action action, std::optional<std::string_view> type) {
  auto of_action = std::find_if(actions_.begin(), actions_.end(), [&](const auto& one) { return one.first == action; });
  if (of_action == actions_.end()) of_action = actions_.insert(actions_.end(), {action, {}});
  auto& kinds = of_action->second;
  const auto of_type = std::find_if(kinds.begin(), kinds.end(), [&](const kind& one) { return one.type == type; });
  if (of_type != kinds.end()) return *of_type;
  return kinds.emplace_back(kind{.type = std::optional<std::string>(type), .whole = false, .ids = {}});
}

public_scopes& public_scopes::allow(token_action action, std::string_view type) {
  named(action, type).whole = true;
  return *this;
}

public_scopes& public_scopes::allow(token_action action, std::string_view type, const std::vector<std::string>& ids) {
  auto& known = named(action, type).ids;
  known.insert(known.end(), ids.begin(), ids.end());
  return *this;
}

public_scopes& public_scopes::allow_everything() {
  named(token_action::admin, std::nullopt).whole = true;
  return *this;
}

result<std::vector<std::string>> public_scopes::list() const {
  std::vector<std::string> scopes;
  for (const auto& [action, kinds] : actions_) {
    for (const auto& kind : kinds) {
      std::string whole(word(action));
      if (kind.type) {
        if (const auto checked = check_name("the type of a scope", *kind.type); !checked) return checked.error();
        whole += ':' + *kind.type;
      }
      if (kind.whole) scopes.push_back(whole);
      for (const auto& id : kind.ids) {
        if (const auto checked = check_name("an id of the scope " + whole, id); !checked) return checked.error();
        scopes.push_back(whole + ':' + id);
      }
    }
  }
  return scopes;
}

result<std::int64_t> unix_end(const token_end& end, instant now) {
  if (const auto* at = std::get_if<instant>(&end)) return unix_seconds(*at);
  if (const auto* seconds = std::get_if<std::int64_t>(&end)) return *seconds;
  const auto span = span_seconds(std::get<std::string>(end));
  if (!span) return span.error();
  return unix_seconds(now) + *span;
}

result<token_wish> trigger_token(const std::vector<std::string>& tasks, bool multiple_use) {
  return task_token(token_action::trigger, tasks, multiple_use);
}

result<token_wish> batch_trigger_token(const std::vector<std::string>& tasks, bool multiple_use) {
  return task_token(token_action::batch_trigger, tasks, multiple_use);
}

operation<token_subject> fetch_token_subject() { return {make_call("auth.claims", {}), read_token_subject}; }

std::string token_claims(const token_wish& wish, const token_subject& subject, std::int64_t end, std::int64_t begin) {
  nlohmann::ordered_json claims{{"sub", subject.environment}, {"pub", true}};
  if (wish.one_time) claims["otu"] = *wish.one_time;
  if (!wish.scopes.empty()) claims["scopes"] = wish.scopes;
  if (!wish.skip_columns.empty()) claims["realtime"] = {{"skipColumns", wish.skip_columns}};
  claims["iss"] = token_issuer;
  claims["aud"] = token_audience;
  claims["exp"] = end;
  claims["iat"] = begin;
  return claims.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

result<secret> sign_token(const token_wish& wish, const token_subject& subject, std::string_view root_key,
                          instant now) {
  const std::int64_t begin = unix_seconds(now);
  result<std::int64_t> end = begin + default_life_s;
  if (wish.end) end = unix_end(*wish.end, now);
  if (!end) return end.error();
  std::string token = text::base64url(jwt_header) + '.' + text::base64url(token_claims(wish, subject, *end, begin));
  const std::string signature = text::base64url(hmac_sha256(root_key, token));
  token.reserve(token.size() + 1 + signature.size());
  token += '.';
  token += signature;
  return secret(std::move(token));
}

result<operation<minted_token>> mint_token(const token_wish& wish) {
  if (wish.scopes.empty()) return bad_argument("the scopes of a token", "are none; the server asks for one at least");
  json body{{"scopes", wish.scopes}};
  if (const auto put = put_end(body, wish.end); !put) return put.error();
  if (wish.one_time == true) body["oneTimeUse"] = true;
  if (!wish.skip_columns.empty()) body["realtime"] = {{"skipColumns", wish.skip_columns}};
  return minting(make_json_call("auth.publicTokens", {}, body));
}

result<operation<minted_token>> mint_jwt(const token_wish& wish) {
  const auto body = claims_body(wish);
  if (!body) return body.error();
  return minting(make_json_call("auth.jwt", {}, *body));
}

result<operation<minted_token>> exchange_for_token(std::string_view project_ref, spec::environment env,
                                                   const token_wish& wish) {
  const auto body = claims_body(wish);
  if (!body) return body.error();
  return minting(make_json_call("auth.envJwt", {project_ref, spec::slug(env)}, *body));
}

// The claims stand between the dots; the run tokens of deployed runs have another header and no `pub`.
result<token_view> decode_token(std::string_view token) {
  const auto parts = text::split(token, '.');
  const auto claims_text = parts.size() == 3 ? text::base64url_decode(parts[1]) : std::nullopt;
  const json claims = claims_text ? json::parse(*claims_text, nullptr, false) : json();
  auto subject = text_member(claims, "sub");
  if (!subject || subject->empty())
    return fail(codes::bad_argument, "this is no public access token: it has no readable subject");
  token_view view;
  view.environment = std::move(*subject);
  view.scopes = texts_member(claims, "scopes");
  view.end = claimed_instant(claims, "exp");
  view.begin = claimed_instant(claims, "iat");
  view.one_time = flag_member(claims, "otu", false);
  if (const auto* realtime = object_member(claims, "realtime"))
    view.skip_columns = texts_member(*realtime, "skipColumns");
  return view;
}

}  // namespace triggerd::api
