#include "api/prompts.hpp"

#include "api/arguments.hpp"
#include "api/codes.hpp"
#include "api/rows.hpp"
#include "base/text.hpp"

namespace triggerd::api {

namespace {

using nlohmann::json;

result<prompt_entry> prompt_entry_of(const json& one) {
  prompt_entry entry;
  const auto named = required_texts(one, {{"slug", &entry.slug}});
  if (!named) return named.error();
  const auto values = optional_values(json{{"whole", one}}, {{"whole", &entry.value}});
  if (!values) return values.error();
  return entry;
}

result<prompt_version> prompt_version_of(const json& one) {
  const auto number = required_count(one, "version");
  if (!number) return number.error();
  prompt_version version{.version = *number, .labels = texts_member(one, "labels"), .value = {}};
  const auto values = optional_values(json{{"whole", one}}, {{"whole", &version.value}});
  if (!values) return values.error();
  return version;
}

result<std::vector<prompt_entry>> read_prompts(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  return rows_member(*body, "data", prompt_entry_of);
}

result<std::vector<prompt_version>> read_prompt_versions(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  return rows_member(*body, "data", prompt_version_of);
}

result<prompt_text> read_prompt_text(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  const auto* data = object_member(*body, "data");
  if (data == nullptr) return missing_member("data");
  const auto version = required_count(*data, "version");
  if (!version) return version.error();
  auto text = text_member(*data, "text");
  if (!text) return missing_member("text");
  prompt_text prompt;
  prompt.version = *version;
  prompt.text = std::move(*text);
  prompt.labels = texts_member(*data, "labels");
  optional_texts(*data, {{"promptId", &prompt.id}, {"slug", &prompt.slug}, {"model", &prompt.model}});
  const auto values = optional_values(*data, {{"config", &prompt.config}});
  if (!values) return values.error();
  return prompt;
}

result<prompt_changed> read_prompt_changed(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  const auto ok = required_flag(*body, "ok");
  if (!ok) return ok.error();
  if (!*ok) return fail(codes::unreadable, "the reply says that it did not succeed");
  const auto version = integer_member(*body, "version").value_or(0);
  return prompt_changed{version > 0 ? static_cast<std::uint64_t>(version) : 0};
}

result<operation<prompt_changed>> override_call(std::string_view endpoint, std::string_view slug,
                                                const prompt_override& what) {
  if (!text::is_utf8(what.text)) return bad_argument("text", "is not UTF-8");
  for (const auto& checked :
       {check_name_if_any("model", what.model), check_name_if_any("commit_message", what.commit_message)})
    if (!checked) return checked.error();
  json body = json::object();
  put_member(body, "textContent", what.text);
  put_member(body, "model", what.model);
  put_member(body, "commitMessage", what.commit_message);
  if (body.empty()) return bad_argument("override", "changes nothing");
  return operation<prompt_changed>{make_json_call(endpoint, {slug}, body), read_prompt_changed};
}

}  // namespace

operation<std::vector<prompt_entry>> list_prompts() { return {make_call("prompts.list", {}), read_prompts}; }

operation<std::vector<prompt_version>> list_prompt_versions(std::string_view slug) {
  return {make_call("prompts.versions", {slug}), read_prompt_versions};
}

result<operation<prompt_text>> resolve_prompt(std::string_view slug, const prompt_question& what) {
  if (const auto checked = check_name_if_any("label", what.label); !checked) return checked.error();
  json body = json::object();
  if (!what.variables.empty()) {
    auto variables = json_argument("variables", what.variables);
    if (!variables) return variables.error();
    if (!variables->is_object()) return bad_argument("variables", "are no object");
    body["variables"] = std::move(*variables);
  }
  put_member(body, "label", what.label);
  if (what.version > 0) body["version"] = what.version;
  return operation<prompt_text>{make_json_call("prompts.resolve", {slug}, body), read_prompt_text};
}

operation<prompt_changed> promote_prompt(std::string_view slug, std::uint32_t version) {
  return {make_json_call("prompts.promote", {slug}, json{{"version", version}}), read_prompt_changed};
}

result<operation<prompt_changed>> create_prompt_override(std::string_view slug, const prompt_override& what) {
  return override_call("prompts.createOverride", slug, what);
}

result<operation<prompt_changed>> update_prompt_override(std::string_view slug, const prompt_override& what) {
  return override_call("prompts.updateOverride", slug, what);
}

operation<prompt_changed> remove_prompt_override(std::string_view slug) {
  return {make_call("prompts.removeOverride", {slug}), read_prompt_changed};
}

operation<prompt_changed> reactivate_prompt_override(std::string_view slug, std::uint32_t version) {
  return {make_json_call("prompts.reactivateOverride", {slug}, json{{"version", version}}), read_prompt_changed};
}

}  // namespace triggerd::api
