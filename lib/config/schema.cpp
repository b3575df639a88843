#include "config/schema.hpp"

#include "config/keys.hpp"
#include "config/node.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::config {

namespace {

using nlohmann::ordered_json;

constexpr auto duration = R"(^([0-9]+(w|d|h|ms|m|s))+$)";
constexpr auto placeholder = R"(\{\{.*\}\})";

ordered_json text() { return {{"type", "string"}}; }
ordered_json pattern(std::string_view expression) { return {{"type", "string"}, {"pattern", expression}}; }
ordered_json either(ordered_json a, ordered_json b) {
  return {{"anyOf", ordered_json::array({std::move(a), std::move(b)})}};
}

ordered_json words_of(words list) {
  ordered_json out = {{"type", "string"}, {"enum", ordered_json::array()}};
  for (const auto word : list) out["enum"].push_back(word);
  return out;
}

ordered_json whole_number(const key& k) {
  ordered_json out = {{"type", "integer"}, {"minimum", static_cast<std::int64_t>(k.least)}};
  if (k.most < 9e15) out["maximum"] = static_cast<std::int64_t>(k.most);
  return out;
}

ordered_json list_of(ordered_json element, const key& k) {
  ordered_json out = {{"type", "array"}, {"items", std::move(element)}};
  if (k.most < 9e15) out["maxItems"] = static_cast<std::int64_t>(k.most);
  return out;
}

ordered_json map_of(ordered_json element) { return {{"type", "object"}, {"additionalProperties", std::move(element)}}; }

// `complete`: what is required must stand here, but for what `defaults` may give; else anything may be missing.
ordered_json table(const shape& s, bool complete, const shape* defaults = nullptr);

const shape* defaults_of(const key& k) {
  if (k.name == "target") return &target_defaults_shape();
  return k.name == "job" ? &job_defaults_shape() : nullptr;
}

ordered_json plain_form(const key& k, bool complete) {
  switch (k.is) {
    case form::text:
    case form::path: return text();
    case form::word: return words_of(k.allowed);
    case form::flag: return {{"type", "boolean"}};
    case form::integer: return whole_number(k);
    case form::number: return {{"type", "number"}};
    case form::duration: return pattern(duration);
    case form::duration_or_never: return either(pattern(duration), {{"const", "never"}});
    case form::duration_or_instant:
    case form::moment: return text();
    case form::backoff: return pattern(R"(^[0-9a-z]+\.\.[0-9a-z]+$)");
    case form::rate: return pattern(R"(^[0-9]+/([0-9].*|ms|s|sec|m|min|h|d)$)");
    case form::size: return pattern(R"(^[0-9]+(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$)");
    case form::share: return either({{"type", "integer"}, {"minimum", 0}}, pattern(R"(^[0-9.]+%$)"));
    case form::percent: return pattern(R"(^[0-9.]+%$)");
    case form::instants: return either(text(), list_of(text(), k));
    case form::scalar: return {{"type", ordered_json::array({"string", "number", "boolean"})}};
    case form::text_or_number: return {{"type", ordered_json::array({"string", "number"})}};
    case form::strings: return list_of(k.allowed.empty() ? text() : words_of(k.allowed), k);
    case form::argv: {
      ordered_json out = list_of(text(), k);
      out["minItems"] = 1;
      return out;
    }
    case form::text_map: return map_of(k.allowed.empty() ? text() : words_of(k.allowed));
    case form::json: return ordered_json::object();
    case form::json_table: return {{"type", "object"}};
    case form::json_list: return {{"type", "array"}};
    case form::table:
    case form::source: return table(*k.of, complete);
    case form::tables: return {{"type", "array"}, {"items", table(*k.of, true)}};
    case form::named: return map_of(table(*k.of, true, defaults_of(k)));
    case form::name_or_source: return either(text(), table(*k.of, true));
    case form::text_or_source_map: return map_of(either(text(), table(*k.of, true)));
  }
  return ordered_json::object();
}

bool is_text(form f) {
  return f == form::text || f == form::path || f == form::moment || f == form::duration_or_instant || f == form::json ||
         f == form::text_or_number || f == form::table;
}

ordered_json property(const key& k, bool complete) {
  ordered_json out = plain_form(k, complete);
  // Where placeholders are replaced, one may stand for a value of any type.
  if (k.replaced != names::none && !is_text(k.is)) out = either(std::move(out), pattern(placeholder));
  std::string about(k.about);
  if (!k.fallback.empty()) about += " Default: " + std::string(k.fallback) + '.';
  out["description"] = about;
  return out;
}

ordered_json object_of(const std::vector<const key*>& keys, bool complete, const shape* defaults) {
  ordered_json out = {{"type", "object"}, {"properties", ordered_json::object()}};
  ordered_json needed = ordered_json::array();
  for (const key* k : keys) {
    if (k->when == due::later) continue;
    const bool here = complete && (defaults == nullptr || find_key(*defaults, node{}, k->name) == nullptr);
    out["properties"][std::string(k->name)] = property(*k, here);
    if (here && k->required) needed.push_back(k->name);
  }
  if (!needed.empty()) out["required"] = needed;
  out["additionalProperties"] = false;
  return out;
}

ordered_json having(std::initializer_list<std::string_view> keys) { return {{"required", keys}}; }

// At most one of the shape's choice, and one at least where the shape says so.
void choose_one(const shape& s, ordered_json& out) {
  ordered_json any = ordered_json::array();
  ordered_json two = ordered_json::array();
  for (std::size_t i = 0; i < s.one_of.size(); ++i) {
    any.push_back(having({s.one_of[i]}));
    for (std::size_t j = 0; j < i; ++j) two.push_back(having({s.one_of[j], s.one_of[i]}));
  }
  if (any.empty()) return;
  if (s.one_needed) out["oneOf"] = std::move(any);
  else out["not"]["anyOf"] = std::move(two);
}

ordered_json kinds_of(const shape& s, bool complete, const shape* defaults) {
  ordered_json out = {{"type", "object"}, {"oneOf", ordered_json::array()}};
  for (const auto& option : s.kinds) {
    node of_kind;
    of_kind.set(s.kind_key, node::string(std::string(option.word), {}));
    ordered_json one = object_of(keys_of(s, of_kind), complete, defaults);
    one["properties"][std::string(s.kind_key)]["enum"] = ordered_json::array({option.word});
    choose_one(*option.adds, one);
    out["oneOf"].push_back(std::move(one));
  }
  return out;
}

ordered_json table(const shape& s, bool complete, const shape* defaults) {
  if (!s.kinds.empty()) return kinds_of(s, complete, defaults);
  ordered_json out = object_of(keys_of(s, node{}), complete, defaults);
  if (complete) choose_one(s, out);
  return out;
}

std::string document(const shape& s, std::string_view title) {
  ordered_json out = {{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", title}};
  const ordered_json body = table(s, false);
  for (const auto& [name, value] : body.items()) out[name] = value;
  return out.dump(2) + '\n';
}

}  // namespace

std::string triggerd_schema() {
  return document(root_shape(), "triggerd.toml: where triggerd may talk and with what budget");
}
std::string jobs_schema() { return document(jobs_file_shape(), "jobs.toml: what triggerd does"); }

}  // namespace triggerd::config
