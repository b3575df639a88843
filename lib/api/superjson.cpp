#include "api/superjson.hpp"

#include "api/arguments.hpp"
#include "api/codes.hpp"
#include "api/json_fields.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace triggerd::api {

namespace {

using nlohmann::json;

// "a.b\.c.0" -> {"a", "b.c", "0"}; a backslash takes the next character as it is.
std::vector<std::string> path_segments(std::string_view path) {
  std::vector<std::string> segments(1);
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '\\' && i + 1 < path.size()) segments.back() += path[++i];
    else if (path[i] == '.') segments.emplace_back();
    else segments.back() += path[i];
  }
  return segments;
}

std::optional<std::size_t> index_of(std::string_view segment, std::size_t size) {
  std::size_t index = 0;
  const auto [end, failure] = std::from_chars(segment.data(), segment.data() + segment.size(), index);
  if (failure != std::errc() || end != segment.data() + segment.size() || index >= size) return std::nullopt;
  return index;
}

json* child_of(json& parent, const std::string& segment) {
  if (parent.is_object()) {
    const auto found = parent.find(segment);
    return found == parent.end() ? nullptr : &*found;
  }
  if (!parent.is_array()) return nullptr;
  const auto index = index_of(segment, parent.size());
  return index ? &parent[*index] : nullptr;
}

// All types but this one are written in the plain form already.
bool is_undefined(const json& types) {
  if (types.is_string()) return types.get_ref<const std::string&>() == "undefined";
  return types.is_array() && !types.empty() && types.front().is_string() &&
         types.front().get_ref<const std::string&>() == "undefined";
}

void drop_undefined(json& value, std::string_view path) {
  const auto segments = path_segments(path);
  json* parent = &value;
  for (std::size_t i = 0; i + 1 < segments.size() && parent != nullptr; ++i) parent = child_of(*parent, segments[i]);
  if (parent == nullptr) return;
  if (parent->is_object()) parent->erase(segments.back());
  else if (json* place = child_of(*parent, segments.back())) *place = nullptr;
}

}  // namespace

result<json> read_superjson(std::string_view text) {
  auto whole = json::parse(text, nullptr, false);
  if (!whole.is_object() || (!whole.contains("json") && !whole.contains("meta")))
    return fail(codes::unreadable, "the text is not superjson");
  json value = whole.contains("json") ? std::move(whole["json"]) : json();
  const auto* meta = object_member(whole, "meta");
  const auto* values = meta == nullptr ? nullptr : object_member(*meta, "values");
  if (values == nullptr) return value;
  for (const auto& one : values->items())
    if (is_undefined(one.value())) drop_undefined(value, one.key());
  return value;
}

result<json> read_packet(std::string_view text, std::string_view type) {
  if (type == "application/super+json") return read_superjson(text);
  if (type == "application/store") return bad_argument("a packet", "is in the store, and has to be fetched first");
  if (type != "application/json") return json(text);
  auto value = json::parse(text, nullptr, false);
  if (value.is_discarded()) return fail(codes::unreadable, "the packet is not JSON");
  return value;
}

packed_payload pack_superjson(const json& value, const json& meta) {
  json whole{{"json", value}};
  if (!meta.is_null()) whole["meta"] = meta;
  const json text = json_text(whole);
  return {.value_json = json_text(text),
          .type = "application/super+json",
          .size = text.get_ref<const std::string&>().size()};
}

}  // namespace triggerd::api
