#include "sandbox/superjson.hpp"

#include <utility>

namespace triggerd::sandbox {

namespace {

// "a.b\.c" is the field "b.c" of the field "a".
json::json_pointer place_of(std::string_view path) {
  json::json_pointer out;
  std::string field;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '.') {
      out /= std::exchange(field, {});
      continue;
    }
    if (path[i] == '\\' && i + 1 < path.size()) ++i;
    field += path[i];
  }
  return out / field;
}

// An item of a list keeps its place: it is null there.
void drop(json& from, const json::json_pointer& place) {
  const json::json_pointer parent = place.parent_pointer();
  if (from.contains(parent) && from[parent].is_object()) from[parent].erase(place.back());
}

}  // namespace

json flattened(const json& super) {
  const json* inner = find(super, "json");
  if (inner == nullptr) return nullptr;
  json out = *inner;
  const json* meta = find(super, "meta");
  const json* values = meta != nullptr ? find(*meta, "values") : nullptr;
  if (values == nullptr || !values->is_object()) return out;
  for (const auto& [path, type] : values->items())
    if (type == json::array({"undefined"})) drop(out, place_of(path));
  return out;
}

}  // namespace triggerd::sandbox
