#include "sandbox/handlers.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"
#include "sandbox/dice.hpp"

#include <algorithm>

namespace triggerd::sandbox::handlers {

namespace {

constexpr std::size_t prompt_body = 1u << 20;
constexpr std::size_t most_versions_shown = 50;
constexpr std::string_view current_label = "current", override_label = "override";

std::string content_hash(std::string_view text) { return sha256_hex(text).substr(0, 16); }
std::string prompt_id(const prompt& one) {
  return "prompt_" + stable_id(one.where->where->id + '/' + one.slug).substr(1);
}
json said_or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

json version_shape(const prompt& of, const prompt_version& one) {
  return {{"id", stable_id(prompt_id(of) + '/' + std::to_string(one.number))},
          {"version", one.number},
          {"labels", one.labels},
          {"source", one.source},
          {"model", said_or_null(one.model)},
          {"textContent", one.text},
          {"commitMessage", said_or_null(one.commit)},
          {"contentHash", content_hash(one.text)},
          {"createdAt", text::iso(one.created)}};
}

json prompt_row(prompt& one) {
  const prompt_version* current = one.labelled(current_label);
  const prompt_version* over = one.labelled(override_label);
  const prompt_version* acts = over != nullptr ? over : current;
  return {{"slug", one.slug},
          {"friendlyId", prompt_id(one)},
          {"description", nullptr},
          {"tags", json::array()},
          {"defaultModel", acts != nullptr ? said_or_null(acts->model) : json(nullptr)},
          {"currentVersion", current != nullptr ? json(current->number) : json(nullptr)},
          {"hasOverride", over != nullptr},
          {"updatedAt", text::iso(one.updated)}};
}

reply unknown_prompt() { return refuse(404, "Prompt not found"); }
reply prompt_done() { return answer(200, {{"ok", true}}); }
bool may_prompt(const call& from, std::string_view action) {
  return from.who.may(action, {"prompts:" + from.argument(0)});
}

std::optional<reply> read_prompt_text(const json& body, const char* name, bool needed,
                                      std::optional<std::string>& into) {
  const json* given = find(body, name);
  if (given == nullptr && !needed) return std::nullopt;
  if (given == nullptr) return refuse_body("Required", name);
  if (!given->is_string()) return refuse_body("Expected string, received " + std::string(type_word(*given)), name);
  into = given->get<std::string>();
  return std::nullopt;
}

struct override_text {
  std::optional<std::string> text, model, commit, source;
};

std::variant<override_text, reply> read_override_text(const call& from, bool creates) {
  auto body = read_body(from, prompt_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  const json& asked = std::get<json>(body);
  override_text out;
  auto trouble = read_prompt_text(asked, "textContent", creates, out.text);
  if (!trouble) trouble = read_prompt_text(asked, "model", false, out.model);
  if (!trouble) trouble = read_prompt_text(asked, "commitMessage", false, out.commit);
  if (!trouble && creates) trouble = read_prompt_text(asked, "source", false, out.source);
  if (!trouble && out.source == "code") trouble = refuse_body("Invalid input", "source");
  if (trouble) return std::move(*trouble);
  return out;
}

// The version that a body names, of the prompt that the path names.
struct named_version {
  prompt* of = nullptr;
  prompt_version* version = nullptr;
};

std::variant<named_version, reply> read_named_version(state& in, const call& from) {
  auto body = read_body(from, prompt_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  const json* number = find(std::get<json>(body), "version");
  if (number == nullptr) return refuse_body("Required", "version");
  if (!number->is_number())
    return refuse_body("Expected number, received " + std::string(type_word(*number)), "version");
  if (!number->is_number_integer()) return refuse_body("Expected integer, received float", "version");
  if (*number <= 0) return refuse_body("Number must be greater than 0", "version");
  if (!may_prompt(from, "update")) return forbidden();
  named_version out;
  out.of = in.prompts.find(*from.who.where, from.arguments[0]);
  if (out.of == nullptr) return unknown_prompt();
  out.version = out.of->version(number->get<std::int64_t>());
  if (out.version == nullptr) return refuse(404, "Version " + number->dump() + " not found");
  return out;
}

}  // namespace

reply list_prompts(state& in, const call& from) {
  if (!from.who.may("read", {"prompts:all"})) return forbidden();
  json rows = json::array();
  for (prompt* one : in.prompts.of(*from.who.where)) rows.push_back(prompt_row(*one));
  return answer(200, {{"data", std::move(rows)}});
}

reply list_prompt_versions(state& in, const call& from) {
  prompt* found = in.prompts.find(*from.who.where, from.arguments[0]);
  if (found == nullptr) {
    reply out = refuse(404, "Not found");
    should_retry(out, false);
    return out;
  }
  if (!may_prompt(from, "read")) return forbidden();
  json rows = json::array();
  for (auto at = found->versions.rbegin(); at != found->versions.rend() && rows.size() < most_versions_shown; ++at)
    rows.push_back(version_shape(*found, *at));
  return answer(200, {{"data", std::move(rows)}});
}

reply resolve_prompt(state& in, const call& from) {
  auto body = read_body(from, prompt_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  const json& asked = std::get<json>(body);
  const json* variables = find(asked, "variables");
  if (variables != nullptr && !variables->is_object())
    return refuse_body("Expected object, received " + std::string(type_word(*variables)), "variables");
  std::optional<std::string> label;
  if (auto trouble = read_prompt_text(asked, "label", false, label)) return std::move(*trouble);
  const json* number = find(asked, "version");
  if (number != nullptr && !number->is_number())
    return refuse_body("Expected number, received " + std::string(type_word(*number)), "version");
  if (!may_prompt(from, "read")) return forbidden();
  prompt* found = in.prompts.find(*from.who.where, from.arguments[0]);
  if (found == nullptr) return unknown_prompt();
  const prompt_version* version = nullptr;
  if (number != nullptr) version = found->version(number->is_number_integer() ? number->get<std::int64_t>() : 0);
  else if (const auto* over = found->labelled(override_label)) version = over;
  else version = found->labelled(label.value_or(std::string(current_label)));
  if (version == nullptr) return refuse(404, "No version found");
  if (version->text.empty()) return refuse(404, "Prompt has no content");
  const json data = {{"promptId", prompt_id(*found)},
                     {"slug", found->slug},
                     {"version", version->number},
                     {"labels", version->labels},
                     {"template", version->text},
                     {"text", fill_prompt(version->text, variables != nullptr ? *variables : json::object())},
                     {"model", said_or_null(version->model)},
                     {"config", nullptr}};
  return answer(200, {{"data", data}});
}

reply promote_prompt(state& in, const call& from) {
  auto named = read_named_version(in, from);
  if (auto* refusal = std::get_if<reply>(&named)) return std::move(*refusal);
  const auto& [of, version] = std::get<named_version>(named);
  if (version->source != "code")
    return refuse(400, "Only code-sourced versions can be promoted. Use the override API instead.");
  of->move_label(current_label, version);
  return prompt_done();
}

reply create_prompt_override(state& in, const call& from) {
  auto read = read_override_text(from, true);
  if (auto* refusal = std::get_if<reply>(&read)) return std::move(*refusal);
  if (!may_prompt(from, "update")) return forbidden();
  prompt* found = in.prompts.find(*from.who.where, from.arguments[0]);
  if (found == nullptr) return unknown_prompt();
  if (found->versions.size() >= limits::sandbox_prompt_versions) return refuse(400, "There are too many versions.");
  const override_text& text = std::get<override_text>(read);
  prompt_version& made = found->versions.emplace_back();
  made.number = static_cast<std::int64_t>(found->versions.size());
  made.text = *text.text;
  made.model = text.model.value_or("");
  made.commit = text.commit.value_or("");
  made.source = text.source.value_or("api");
  made.created = in.now;
  found->move_label(override_label, &made);
  found->updated = in.now;
  return answer(200, {{"ok", true}, {"version", made.number}});
}

reply update_prompt_override(state& in, const call& from) {
  auto read = read_override_text(from, false);
  if (auto* refusal = std::get_if<reply>(&read)) return std::move(*refusal);
  if (!may_prompt(from, "update")) return forbidden();
  prompt* found = in.prompts.find(*from.who.where, from.arguments[0]);
  if (found == nullptr) return unknown_prompt();
  prompt_version* over = found->labelled(override_label);
  if (over == nullptr) return refuse(400, "No active override to update");
  const override_text& text = std::get<override_text>(read);
  over->text = text.text.value_or(over->text);
  over->model = text.model.value_or(over->model);
  over->commit = text.commit.value_or(over->commit);
  found->updated = in.now;
  return prompt_done();
}

reply remove_prompt_override(state& in, const call& from) {
  if (!may_prompt(from, "update")) return forbidden();
  prompt* found = in.prompts.find(*from.who.where, from.arguments[0]);
  if (found == nullptr) return unknown_prompt();
  found->move_label(override_label, nullptr);
  return prompt_done();
}

reply reactivate_prompt_override(state& in, const call& from) {
  auto named = read_named_version(in, from);
  if (auto* refusal = std::get_if<reply>(&named)) return std::move(*refusal);
  const auto& [of, version] = std::get<named_version>(named);
  if (version->source == "code") return refuse(400, "Code-sourced versions cannot be reactivated as overrides");
  of->move_label(override_label, version);
  return prompt_done();
}

}  // namespace triggerd::sandbox::handlers
