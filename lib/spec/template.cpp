#include "spec/template.hpp"

#include "base/text.hpp"
#include "spec/codes.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace triggerd::spec {

namespace {

using nlohmann::json;

constexpr std::string_view opening = "{{";
constexpr std::string_view closing = "}}";
constexpr std::string_view escaped_opening = "{{{{";
constexpr std::size_t deepest = 200;  // of nested JSON; keeps the walk off the end of the stack

// Literal text, or a name to look up.
struct piece {
  std::string text;
  bool is_name = false;
};
using pieces = std::vector<piece>;

std::string in_quotes(std::string_view text) { return '"' + text::printable(text, 80) + '"'; }

// A name is looked up as it stands, so blanks and braces inside are typing mistakes.
bool is_well_formed(std::string_view name) {
  if (name.empty() || name.front() == '.' || name.back() == '.' || name.find("..") != std::string_view::npos)
    return false;
  return name.find_first_of(" \t\r\n{}") == std::string_view::npos && !text::has_control(name);
}

void append_literal(pieces& out, std::string_view text) {
  if (text.empty()) return;
  if (out.empty() || out.back().is_name) out.push_back({});
  out.back().text += text;
}

result<pieces> parse_pieces(std::string_view text) {
  pieces out;
  while (!text.empty()) {
    const std::size_t start = text.find(opening);
    append_literal(out, text.substr(0, start));
    if (start == std::string_view::npos) break;
    text.remove_prefix(start);
    if (text.starts_with(escaped_opening)) {
      append_literal(out, opening);
      text.remove_prefix(escaped_opening.size());
      continue;
    }
    const std::size_t end = text.find(closing, opening.size());
    if (end == std::string_view::npos)
      return fail(codes::placeholder,
                  "placeholder " + in_quotes(text) + " is not closed by \"}}\"; a literal \"{{\" is written \"{{{{\"");
    const std::string_view whole = text.substr(0, end + closing.size());
    const std::string_view name = text::trim(text.substr(opening.size(), end - opening.size()));
    if (!is_well_formed(name) || !is_known_name(name, true))
      return fail(codes::placeholder,
                  "placeholder " + in_quotes(whole) +
                      " names nothing known; known are target.*, job.name, fire.*, vars.*, item, item.*, line");
    out.push_back({std::string(name), true});
    text.remove_prefix(whole.size());
  }
  return out;
}

result<const json*> look_up(std::string_view name, const name_lookup& names) {
  const json* value = names(name);
  if (!value)
    return fail(codes::missing_value,
                "placeholder " + in_quotes("{{ " + std::string(name) + " }}") + " has no value here");
  return value;
}

result<std::string> scalar_text(std::string_view name, const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean() || value.is_number()) return value.dump();
  return fail(codes::template_text, "placeholder " + in_quotes("{{ " + std::string(name) + " }}") + " is " +
                                        (value.is_null() ? "null" : "a list or table") +
                                        " and cannot stand inside text");
}

result<std::string> render_pieces(const pieces& parsed, const name_lookup& names) {
  std::string out;
  for (const auto& part : parsed) {
    if (!part.is_name) {
      out += part.text;
      continue;
    }
    const auto value = look_up(part.text, names);
    if (!value) return value.error();
    const auto text = scalar_text(part.text, **value);
    if (!text) return text.error();
    out += *text;
  }
  return out;
}

void add_names(std::vector<std::string>& names, const pieces& parsed) {
  for (const auto& part : parsed)
    if (part.is_name && std::find(names.begin(), names.end(), part.text) == names.end()) names.push_back(part.text);
}

error at_place(error e, const json::json_pointer& place) {
  if (!place.empty()) e.message = "at " + in_quotes(place.to_string()) + ": " + e.message;
  return e;
}

}  // namespace

// The document, and the places in it whose strings are not just text.
struct json_template::parts {
  struct slot {
    json::json_pointer place;
    pieces parsed;
  };
  json document;
  std::vector<slot> slots;
  std::vector<std::string> names;

  result<> collect(json& node, const json::json_pointer& place, std::size_t depth);
  result<> collect_string(json& node, const json::json_pointer& place);
};

result<> json_template::parts::collect_string(json& node, const json::json_pointer& place) {
  auto parsed = parse_pieces(node.get_ref<const std::string&>());
  if (!parsed) return at_place(parsed.error(), place);
  const bool plain = std::none_of(parsed->begin(), parsed->end(), [](const piece& p) { return p.is_name; });
  if (plain) {
    node = parsed->empty() ? std::string() : parsed->front().text;
    return {};
  }
  add_names(names, *parsed);
  slots.push_back({place, std::move(*parsed)});
  return {};
}

result<> json_template::parts::collect(json& node, const json::json_pointer& place, std::size_t depth) {
  if (depth > deepest) return fail(codes::template_text, "the template is nested deeper than 200 levels");
  if (node.is_string()) return collect_string(node, place);
  if (node.is_object()) {
    for (auto& [key, child] : node.items()) {
      const auto done = collect(child, place / key, depth + 1);
      if (!done) return done;
    }
  } else if (node.is_array()) {
    for (std::size_t i = 0; i < node.size(); ++i) {
      const auto done = collect(node[i], place / i, depth + 1);
      if (!done) return done;
    }
  }
  return {};
}

json_template::json_template(std::unique_ptr<parts> p) : parts_(std::move(p)) {}
json_template::json_template(json_template&&) noexcept = default;
json_template& json_template::operator=(json_template&&) noexcept = default;
json_template::~json_template() = default;

result<json_template> json_template::parse(std::string_view json_text) {
  auto parsed = std::make_unique<parts>();
  parsed->document = json::parse(json_text, nullptr, false);
  if (parsed->document.is_discarded()) return fail(codes::template_text, "the template is not JSON");
  const auto done = parsed->collect(parsed->document, json::json_pointer(), 0);
  if (!done) return done.error();
  return json_template(std::move(parsed));
}

result<json> json_template::render(const name_lookup& names) const {
  json out = parts_->document;
  for (const auto& slot : parts_->slots) {
    if (slot.parsed.size() == 1) {
      const auto value = look_up(slot.parsed.front().text, names);
      if (!value) return at_place(value.error(), slot.place);
      out.at(slot.place) = **value;
      continue;
    }
    const auto text = render_pieces(slot.parsed, names);
    if (!text) return at_place(text.error(), slot.place);
    out.at(slot.place) = *text;
  }
  return out;
}

const std::vector<std::string>& json_template::names() const { return parts_->names; }

result<std::string> render_text(std::string_view text, const name_lookup& names) {
  const auto parsed = parse_pieces(text);
  if (!parsed) return parsed.error();
  return render_pieces(*parsed, names);
}

result<std::vector<std::string>> names_in(std::string_view text) {
  const auto parsed = parse_pieces(text);
  if (!parsed) return parsed.error();
  std::vector<std::string> names;
  add_names(names, *parsed);
  return names;
}

std::optional<std::string> only_name_in(std::string_view text) {
  const auto parsed = parse_pieces(text);
  if (!parsed || parsed->size() != 1 || !parsed->front().is_name) return std::nullopt;
  return parsed->front().text;
}

bool is_known_name(std::string_view name, bool items_allowed) {
  static constexpr std::array<std::string_view, 10> closed{
      "target.name", "target.project", "target.environment", "target.branch", "target.branch_slug", "job.name",
      "fire.id",     "fire.at",        "fire.date",          "fire.attempt"};
  static constexpr std::array<std::string_view, 3> families{"target.labels.", "target.vars.", "vars."};
  const auto has_family = [&](std::string_view family) {
    return name.size() > family.size() && name.starts_with(family);
  };
  if (std::find(closed.begin(), closed.end(), name) != closed.end()) return true;
  if (std::any_of(families.begin(), families.end(), has_family)) return true;
  return items_allowed && (name == "item" || name == "line" || has_family("item."));
}

}  // namespace triggerd::spec
