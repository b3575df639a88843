#include "conformance/javascript.hpp"

#include "base/text.hpp"

#include <array>

namespace triggerd::conformance {

namespace {

const json undefined{{"$undefined", true}};

// "$date" of {"$date": ...}; empty for any other value.
std::string_view marker(const json& value) {
  if (!value.is_object() || value.size() != 1) return {};
  const std::string& name = value.begin().key();
  return name.starts_with('$') ? std::string_view(name) : std::string_view();
}

std::string repeated(const json& how) {
  std::string text;
  const auto unit = how.at("unit").get<std::string>();
  for (auto i = how.at("count").get<std::size_t>(); i > 0; --i) text += unit;
  return text;
}

result<json> converted(const json& value, bool dates) {
  const auto sort = marker(value);
  if (sort == "$repeat") return json(repeated(value.at("$repeat")));
  if (sort == "$date" && dates) return value.at("$date");
  if (!sort.empty()) return no_counterpart("JSON has no form for " + std::string(sort.substr(1)));
  if (!value.is_structured()) return value;
  json out = value.is_array() ? json::array() : json::object();
  for (const auto& one : value.items()) {
    auto member = converted(one.value(), dates);
    if (!member) return member.error();
    if (value.is_array()) out.push_back(std::move(*member));
    else out[one.key()] = std::move(*member);
  }
  return out;
}

// --- superjson: what JSON has no form for, as text, and the kind of it beside ---

// Of a key inside a path joined by dots.
std::string escaped(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == '.' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

struct leaf {
  std::string_view marker, kind;
};
constexpr std::array leaves{leaf{"$date", "Date"}, leaf{"$bigint", "bigint"}, leaf{"$number", "number"},
                            leaf{"$regexp", "regexp"}, leaf{"$url", "URL"}};

result<json> told(const json& value, const std::string& path, json& types);

// A map or a set: the kinds of its parts stand within its own.
result<json> told_container(const json& value, const std::string& path, json& types, std::string_view kind) {
  json inner = json::object();
  auto list = told(value.begin().value(), {}, inner);
  if (!list) return list.error();
  json own = json::array({std::string(kind)});
  if (!inner.empty()) own.push_back(std::move(inner));
  types[path] = std::move(own);
  return std::move(*list);
}

result<json> told(const json& value, const std::string& path, json& types) {
  const auto sort = marker(value);
  if (sort == "$repeat") return json(repeated(value.at("$repeat")));
  if (sort == "$undefined") {
    types[path] = json::array({"undefined"});
    return json(nullptr);
  }
  for (const auto& one : leaves) {
    if (sort != one.marker) continue;
    types[path] = json::array({std::string(one.kind)});
    return value.begin().value();
  }
  if (sort == "$map" || sort == "$set") return told_container(value, path, types, sort == "$map" ? "map" : "set");
  if (!sort.empty()) return no_counterpart("no payload holds a " + std::string(sort.substr(1)));
  if (!value.is_structured()) return value;
  json out = value.is_array() ? json::array() : json::object();
  for (const auto& one : value.items()) {
    auto part = told(one.value(), path.empty() ? escaped(one.key()) : path + '.' + escaped(one.key()), types);
    if (!part) return part.error();
    if (value.is_array()) out.push_back(std::move(*part));
    else out[one.key()] = std::move(*part);
  }
  return out;
}

}  // namespace

result<superjson> superjson_of(const json& value) {
  superjson out;
  json types = json::object();
  auto plain_value = told(value, {}, types);
  if (!plain_value) return plain_value.error();
  out.value = std::move(*plain_value);
  if (types.contains("")) out.types = types[""];  // the whole value is of that kind
  else if (!types.empty()) out.types = std::move(types);
  return out;
}

bool is_undefined(const json& value) { return marker(value) == "$undefined"; }

result<json> plain(const json& value) { return converted(value, false); }
result<json> plain_option(const json& value) { return converted(value, true); }

json listed(const json& value) {
  if (is_undefined(value)) return json::array();
  return value.is_array() ? value : json::array({value});
}

result<std::vector<std::string>> texts(const json& value) {
  std::vector<std::string> out;
  for (const auto& one : listed(value)) {
    if (!one.is_string()) return no_counterpart("not a text: " + one.dump());
    out.push_back(one.get<std::string>());
  }
  return out;
}

result<instant> instant_of(const json& value) {
  if (value.is_number_integer()) return instant(milliseconds(value.get<std::int64_t>()));
  const auto at = marker(value) == "$date" ? text::parse_iso(value.at("$date").get<std::string>()) : std::nullopt;
  if (!at) return no_counterpart("not an instant: " + value.dump());
  return *at;
}

const json& argument(const json& args, std::size_t i) { return i < args.size() ? args[i] : undefined; }

const json& member_of(const json& of, const char* name) { return of.contains(name) ? of[name] : undefined; }

error no_counterpart(std::string why) { return fail(codes::invalid_argument, std::move(why)); }

}  // namespace triggerd::conformance
