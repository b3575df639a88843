#include "sandbox/session_order.hpp"

#include "base/text.hpp"
#include "sandbox/session_run.hpp"

namespace triggerd::sandbox {

namespace {

constexpr std::size_t type_length = 64, external_length = 256, task_length = 128;
constexpr std::string_view reserved_prefix = "session_";

// A text that must be there; the first complaint stands.
void read_words(const json& body, const std::string& name, std::size_t most, std::string& into,
                std::optional<reply>& trouble) {
  const json* value = find(body, name);
  if (trouble) return;
  if (value == nullptr) {
    trouble = refuse_body("Required", name);
  } else if (!value->is_string()) {
    trouble = refuse_body("Expected string, received " + std::string(type_word(*value)), name);
  } else if (into = *value; into.empty()) {
    trouble = refuse_body("String must contain at least 1 character(s)", name);
  } else if (into.size() > most) {
    trouble = refuse_body("String must contain at most " + std::to_string(most) + " character(s)", name);
  }
}

std::optional<reply> read_external(const json& body, std::string& into) {
  const json* given = find(body, "externalId");
  if (given == nullptr || given->is_null()) return std::nullopt;
  std::optional<reply> trouble;
  read_words(body, "externalId", external_length, into, trouble);
  if (trouble) return trouble;
  into = std::string(text::trim(into));
  if (into.empty()) return refuse_body("String must contain at least 1 character(s)", "externalId");
  if (into.starts_with(reserved_prefix)) return refuse_body("externalId cannot start with 'session_'", "externalId");
  return std::nullopt;
}

std::optional<reply> read_trigger_config(const json& body, json& into) {
  const json* config = find(body, "triggerConfig");
  if (config == nullptr) return refuse_body("Required", "triggerConfig");
  const json* payload = find(*config, "basePayload");
  if (payload == nullptr) return refuse_body("Required", "triggerConfig.basePayload");
  if (!payload->is_object())
    return refuse_body("Expected object, received " + std::string(type_word(*payload)), "triggerConfig.basePayload");
  const auto options = session_options(*config);
  if (const auto* odd = std::get_if<complaint>(&options)) return refuse_body(odd->text, odd->path);
  into = *config;
  return std::nullopt;
}

}  // namespace

std::variant<std::optional<std::vector<std::string>>, reply> read_session_tags(const json& body) {
  const json* tags = find(body, "tags");
  if (tags == nullptr) return std::nullopt;
  if (!tags->is_array()) return refuse_body("Expected array, received " + std::string(type_word(*tags)), "tags");
  if (tags->size() > limits::tags_per_run) return refuse_body("Array must contain at most 10 element(s)", "tags");
  std::vector<std::string> out;
  for (const json& tag : *tags) {
    if (!tag.is_string()) return refuse_body("Expected string, received " + std::string(type_word(tag)), "tags");
    out.push_back(tag);
    if (out.back().size() > limits::tag_length)
      return refuse_body("String must contain at most 128 character(s)", "tags");
  }
  return out;
}

std::variant<session_order, reply> read_session_order(const json& body) {
  if (!body.is_object()) return refuse_body("Expected object, received " + std::string(type_word(body)));
  session_order out;
  std::optional<reply> trouble;
  read_words(body, "type", type_length, out.type, trouble);
  read_words(body, "taskIdentifier", task_length, out.task, trouble);
  if (!trouble) trouble = read_external(body, out.external);
  if (!trouble) trouble = read_trigger_config(body, out.trigger_config);
  if (trouble) return std::move(*trouble);
  auto tags = read_session_tags(body);
  if (auto* refusal = std::get_if<reply>(&tags)) return std::move(*refusal);
  out.tags = std::get<0>(tags).value_or(std::vector<std::string>());
  if (const json* metadata = find(body, "metadata")) out.metadata = *metadata;
  if (!out.metadata.is_null() && !out.metadata.is_object())
    return refuse_body("Expected object, received " + std::string(type_word(out.metadata)), "metadata");
  if (const json* expires = find(body, "expiresAt"); expires != nullptr && !expires->is_null()) {
    out.expires = expires->is_string() ? text::parse_iso(expires->get_ref<const std::string&>()) : std::nullopt;
    if (!out.expires) return refuse_body("Invalid date", "expiresAt");
  }
  return out;
}

}  // namespace triggerd::sandbox
