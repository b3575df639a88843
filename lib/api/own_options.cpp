#include "api/own_options.hpp"

#include "api/arguments.hpp"
#include "base/digest.hpp"
#include "base/limits.hpp"
#include "spec/units.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::api {

namespace {

constexpr std::size_t hashed_length = 64;

std::string with_tag(const nlohmann::json& options, const std::string& ours) {
  std::string out = "[";
  if (const auto theirs = options.find("tags"); theirs != options.end())
    for (const auto& tag : *theirs) {
      append_json(out, tag);
      out += ',';
    }
  append_json_string(out, ours);
  return out += ']';
}

}  // namespace

result<own_options> keyed_options(std::string_view key, milliseconds key_ttl) {
  if (const auto checked = check_name("idempotency.key", key, limits::idempotency_key); !checked)
    return checked.error();
  auto ttl = span_text("idempotency.ttl", key_ttl);
  if (!ttl) return ttl.error();
  own_options own;
  own.key_ttl = std::move(*ttl);
  if (utf16_length(key) == hashed_length) {
    own.key = key;
  } else {
    own.key = hashed_key(key);
    own.key_words = key;
  }
  return own;
}

std::string hashed_key(std::string_view key) { return sha256_hex(key); }

void add_options(json_members& to, const nlohmann::json& shared, const own_options& own) {
  if (shared.is_object())
    for (auto one = shared.begin(); one != shared.end(); ++one)
      if (own.tag.empty() || one.key() != "tags") to.value(one.key(), *one);
  if (!own.tag.empty()) to.raw("tags", with_tag(shared, own.tag));
  if (own.key.empty()) return;
  to.text("idempotencyKey", own.key);
  if (!own.key_words.empty()) to.begin("idempotencyKeyOptions").text("key", own.key_words).text("scope", "run").end();
  if (!own.key_ttl.empty()) to.text("idempotencyKeyTTL", own.key_ttl);
}

}  // namespace triggerd::api
