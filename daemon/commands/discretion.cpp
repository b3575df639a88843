#include "commands/discretion.hpp"

#include "base/redaction.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace triggerd::commands {

namespace {

using nlohmann::json;

// How such names end, in any case: apiKey, pkApiKey, publicAccessToken, TRIGGER_SECRET_KEY. An idempotencyKey is none.
bool names_a_key(std::string_view name) {
  static constexpr std::array<std::string_view, 9> endings{"apikey", "api_key",  "secretkey", "secret_key",   "token",
                                                           "secret", "password", "jwt",       "authorization"};
  const std::string small = text::lower(name);
  return std::any_of(endings.begin(), endings.end(), [&small](auto ending) { return small.ends_with(ending); });
}

// {"name": ..., "value": ...} of a list, and {"variables": {name: value}}.
bool names_a_variable(std::string_view name) { return name == "value" || name == "variables"; }

class censor {
 public:
  censor(bool variables, const cleaner& clean) : variables_(variables), clean_(clean) {}

  json shown(const json& value, bool hidden) const {
    if (value.is_string()) return hidden ? std::string(redaction::mark) : clean_(value.get_ref<const std::string&>());
    if (value.is_array()) {
      json out = json::array();
      for (const json& one : value) out.push_back(shown(one, hidden));
      return out;
    }
    if (!value.is_object()) return value;
    json out = json::object();
    for (const auto& [name, member] : value.items())
      out[clean_(name)] = shown(member, hidden || names_a_key(name) || (variables_ && names_a_variable(name)));
    return out;
  }

 private:
  const bool variables_;  // whether the reply tells of environment variables
  const cleaner& clean_;
};

}  // namespace

json discreet(const spec::endpoint& of, const json& reply, const cleaner& clean) {
  return censor(of.id.starts_with("envvars."), clean).shown(reply, false);
}

}  // namespace triggerd::commands
