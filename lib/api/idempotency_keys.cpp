#include "api/idempotency_keys.hpp"

#include "api/arguments.hpp"
#include "api/json_fields.hpp"
#include "api/own_options.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::api {

namespace {

constexpr std::size_t length_of_hash = 64;

result<key_reset> read_key_reset(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  auto key = required_text(*body, "id");
  if (!key) return key.error();
  return key_reset{std::move(*key)};
}

}  // namespace

std::string_view name(key_scope scope) {
  switch (scope) {
    case key_scope::run: return "run";
    case key_scope::attempt: return "attempt";
    case key_scope::global: return "global";
  }
  return {};
}

result<idempotency_key> make_key(const std::vector<std::string>& parts, key_scope scope, const key_context& made_in) {
  idempotency_key key{.text = {}, .words = text::join(parts, "-"), .scope = scope};
  const auto checked = check_name("idempotency key", key.words, limits::idempotency_key);
  if (!checked) return checked.error();
  std::string whole = key.words;
  if (scope != key_scope::global && !made_in.run.empty()) {
    whole += '-' + made_in.run;
    if (scope == key_scope::attempt) whole += '-' + std::to_string(made_in.attempt);
  }
  key.text = hashed_key(whole);
  return key;
}

result<idempotency_key> key_from(std::string_view written, const key_context& made_in) {
  if (utf16_length(written) != length_of_hash) return make_key({std::string(written)}, key_scope::run, made_in);
  const auto checked = check_name("idempotency key", written);
  if (!checked) return checked.error();
  return idempotency_key{.text = std::string(written), .words = {}, .scope = key_scope::run};
}

result<operation<key_reset>> reset_idempotency_key(std::string_view task, std::string_view key) {
  if (const auto checked = check_name("task", task); !checked) return checked.error();
  const auto known = key_from(key);
  if (!known) return known.error();
  return operation<key_reset>{
      make_json_call("idempotencyKeys.reset", {known->text}, nlohmann::json{{"taskIdentifier", task}}), read_key_reset};
}

}  // namespace triggerd::api
