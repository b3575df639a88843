#include "sandbox/prompt_store.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace triggerd::sandbox {

namespace {

std::string spoken_value(const json& variables, std::string_view name) {
  const json* value = find(variables, name);
  if (value == nullptr || value->is_null()) return {};
  return value->is_string() ? value->get<std::string>() : dump_json(*value);
}

// As JavaScript sees it in a condition.
bool is_truthy(const json& variables, std::string_view name) {
  const json* value = find(variables, name);
  return value != nullptr && !value->is_null() && *value != false && *value != 0 && *value != "";
}

}  // namespace

bool prompt_version::has(std::string_view label) const {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

prompt_version* prompt::version(std::int64_t number) {
  const bool known = number >= 1 && number <= static_cast<std::int64_t>(versions.size());
  return known ? &versions[static_cast<std::size_t>(number - 1)] : nullptr;
}

prompt_version* prompt::labelled(std::string_view label) {
  const auto at = std::find_if(versions.rbegin(), versions.rend(), [&](const auto& one) { return one.has(label); });
  return at == versions.rend() ? nullptr : &*at;
}

void prompt::move_label(std::string_view label, prompt_version* to) {
  for (prompt_version& one : versions) std::erase(one.labels, label);
  if (to != nullptr) to->labels.emplace_back(label);
}

prompt_store::prompt_store(places& homes, instant start) {
  for (const live_environment& home : homes.all())
    for (const known_prompt& known : home.spec->prompts) {
      prompt& made = prompts_.emplace_back();
      made.where = &home;
      made.slug = known.slug;
      made.updated = start;
      made.versions.push_back({1, known.text, "", "", "code", {"current"}, start});
    }
}

prompt* prompt_store::find(const live_environment& where, std::string_view slug) {
  for (prompt& one : prompts_)
    if (one.where == &where && one.slug == slug) return &one;
  return nullptr;
}

std::vector<prompt*> prompt_store::of(const live_environment& where) {
  std::vector<prompt*> out;
  for (prompt& one : prompts_)
    if (one.where == &where) out.push_back(&one);
  std::stable_sort(out.begin(), out.end(), [](const prompt* a, const prompt* b) { return a->updated > b->updated; });
  return out;
}

std::string fill_prompt(std::string_view text, const json& variables) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find("{{");
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = text.find("}}", open);
    if (close == std::string_view::npos) return out += text.substr(open);
    const std::string_view name = text::trim(text.substr(open + 2, close - open - 2));
    text.remove_prefix(close + 2);
    if (!name.starts_with('#')) {
      out += spoken_value(variables, name);
      continue;
    }
    const std::string end = "{{/" + std::string(name.substr(1)) + "}}";
    const std::size_t last = text.find(end);
    if (last == std::string_view::npos) continue;
    if (is_truthy(variables, name.substr(1))) out += fill_prompt(text.substr(0, last), variables);
    text.remove_prefix(last + end.size());
  }
  return out;
}

}  // namespace triggerd::sandbox
