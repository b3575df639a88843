#include "sandbox/public_tokens.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"
#include "sandbox/spans.hpp"

namespace triggerd::sandbox {

namespace {

std::int64_t unix_seconds(instant at) { return std::chrono::floor<seconds>(at).time_since_epoch().count(); }

std::vector<std::string> words_in(const json* list) {
  std::vector<std::string> out;
  if (list == nullptr || !list->is_array()) return out;
  for (const json& one : *list)
    if (one.is_string()) out.push_back(one);
  return out;
}

}  // namespace

std::string mint(std::string_view root_key, std::string_view subject, const json& scopes, instant now, instant expires,
                 const json& more) {
  static const std::string head = text::base64url(R"({"alg":"HS256"})");
  json body = {{"sub", subject},
               {"pub", true},
               {"iss", "https://id.trigger.dev"},
               {"aud", "https://api.trigger.dev"},
               {"exp", unix_seconds(expires)},
               {"iat", unix_seconds(now)}};
  if (!scopes.is_null()) body["scopes"] = scopes;
  body.update(more);
  const std::string signed_part = head + '.' + text::base64url(dump_json(body));
  return signed_part + '.' + text::base64url(hmac_sha256(root_key, signed_part));
}

std::optional<claims> read_claims(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  const auto text = text::base64url_decode(token.substr(first + 1, last - first - 1));
  const auto body = text ? parse_json(*text) : std::nullopt;
  if (!body) return std::nullopt;
  const json* subject = find(*body, "sub");
  const json* expires = find(*body, "exp");
  const json* open = find(*body, "pub");
  if (subject == nullptr || !subject->is_string() || expires == nullptr || !expires->is_number_integer() ||
      open == nullptr || *open != true)
    return std::nullopt;
  claims out;
  out.subject = *subject;
  out.expires = instant(seconds(expires->get<std::int64_t>()));
  out.scopes = words_in(find(*body, "scopes"));
  if (const json* realtime = find(*body, "realtime")) out.skipped_columns = words_in(find(*realtime, "skipColumns"));
  const json* once = find(*body, "otu");
  out.one_time = once != nullptr && *once == true;
  return out;
}

bool is_signed(std::string_view token, std::string_view root_key) {
  const std::size_t last = token.rfind('.');
  if (last == std::string_view::npos || root_key.empty()) return false;
  return token.substr(last + 1) == text::base64url(hmac_sha256(root_key, token.substr(0, last)));
}

std::optional<instant> read_expiry(const json& given, instant now) {
  if (given.is_number_integer()) return instant(seconds(given.get<std::int64_t>()));
  if (!given.is_string()) return std::nullopt;
  const std::string& words = given.get_ref<const std::string&>();
  if (const auto span = read_span(words)) return now + *span;
  return text::parse_iso(words);
}

}  // namespace triggerd::sandbox
