#include "spec/credential_kind.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace triggerd::spec {

namespace {

constexpr std::array<std::pair<environment, std::string_view>, 4> key_prefixes{{{environment::dev, "tr_dev_"},
                                                                                {environment::staging, "tr_stg_"},
                                                                                {environment::prod, "tr_prod_"},
                                                                                {environment::preview, "tr_preview_"}}};
constexpr std::array<std::pair<credential_kind, std::string_view>, 3> token_prefixes{
    {{credential_kind::pat, "tr_pat_"}, {credential_kind::pat, "tr_uat_"}, {credential_kind::org_token, "tr_oat_"}}};
constexpr std::array<std::pair<credential_kind, std::string_view>, 5> kind_names{
    {{credential_kind::secret_key, "secret-key"},
     {credential_kind::additional_key, "additional-key"},
     {credential_kind::pat, "pat"},
     {credential_kind::org_token, "org-token"},
     {credential_kind::public_token, "public-token"}}};

// Shorter remains are words about keys ("tr_dev_..."), not keys; the same bound as the redaction net.
constexpr std::size_t shortest_secret = 8;

bool is_word_char(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool is_token_char(char c) { return is_word_char(c) || c == '_' || c == '-'; }

// Three non-empty parts of base 64 that begin with an encoded "{".
bool is_jwt(std::string_view text) {
  if (!text.starts_with("eyJ")) return false;
  std::size_t parts = 1;
  std::size_t length = 0;
  for (const char c : text) {
    if (c == '.') {
      if (length == 0) return false;
      ++parts;
      length = 0;
    } else if (is_token_char(c)) {
      ++length;
    } else {
      return false;
    }
  }
  return parts == 3 && length > 0;
}

// The run of characters a key or a token may consist of, from `start` on.
std::string_view token_at(std::string_view text, std::size_t start) {
  std::size_t end = start;
  while (end < text.size() && (is_token_char(text[end]) || text[end] == '.')) ++end;
  return text.substr(start, end - start);
}

bool has_key_at(std::string_view text, std::size_t at, std::string_view prefix) {
  return text.substr(at).starts_with(prefix) && token_at(text, at + prefix.size()).size() >= shortest_secret &&
         is_word_char(text[at + prefix.size()]);
}

}  // namespace

std::string_view slug(environment e) {
  switch (e) {
    case environment::dev: return "dev";
    case environment::staging: return "staging";
    case environment::prod: return "prod";
    case environment::preview: return "preview";
  }
  return {};
}

std::string_view list_slug(environment e) { return e == environment::staging ? "stg" : slug(e); }

std::optional<environment> environment_from(std::string_view word) {
  for (const auto& [env, prefix] : key_prefixes)
    if (word == slug(env) || word == list_slug(env)) return env;
  return std::nullopt;
}

std::string_view name(credential_kind kind) {
  for (const auto& [known, word] : kind_names)
    if (known == kind) return word;
  return {};
}

std::optional<credential_kind> credential_kind_from(std::string_view word) {
  for (const auto& [kind, known] : kind_names)
    if (known == word) return kind;
  return std::nullopt;
}

std::optional<credential_form> classify_credential(std::string_view value) {
  // A blank or a control character inside would break the header that carries it.
  if (!std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c < '\x7f'; })) return std::nullopt;
  for (const auto& [env, prefix] : key_prefixes) {
    if (!value.starts_with(prefix)) continue;
    std::string_view rest = value.substr(prefix.size());
    const bool additional = rest.starts_with("sk_");
    if (additional) rest.remove_prefix(3);
    if (rest.empty()) return std::nullopt;
    return credential_form{additional ? credential_kind::additional_key : credential_kind::secret_key, env};
  }
  for (const auto& [kind, prefix] : token_prefixes)
    if (value.starts_with(prefix) && value.size() > prefix.size()) return credential_form{kind, std::nullopt};
  if (is_jwt(value)) return credential_form{credential_kind::public_token, std::nullopt};
  return std::nullopt;
}

bool looks_like_key(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != 't' && text[at] != 'e') continue;  // every string of a file comes by here
    const std::string_view rest = text.substr(at);
    if (!rest.starts_with("tr_") && !rest.starts_with("eyJ")) continue;  // as all of them begin
    if (at > 0 && is_word_char(text[at - 1])) continue;                  // inside a word, such as "str_dev_..."
    for (const auto& known : key_prefixes)
      if (has_key_at(text, at, known.second)) return true;
    for (const auto& known : token_prefixes)
      if (has_key_at(text, at, known.second)) return true;
    if (is_jwt(token_at(text, at))) return true;
  }
  return false;
}

}  // namespace triggerd::spec
