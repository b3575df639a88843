#include "manual/page.hpp"
#include "manual/page_parts.hpp"
#include "manual/roff.hpp"

#include <nlohmann/json.hpp>

#include <set>

namespace triggerd::manual {

namespace {

using json = nlohmann::ordered_json;

std::string words_of(const json& list) {
  std::string out;
  for (const json& one : list) out += (out.empty() ? "" : " | ") + one.dump();
  return out;
}

// "string", or "string | integer".
std::string type_of(const json& of) {
  const json type = of.value("type", json());
  if (type.is_string()) return type.get<std::string>();
  std::string out;
  for (const json& one : type) out += (out.empty() ? "" : " | ") + one.get<std::string>();
  return out;
}

// What a value may be, in a few words; shapes with many forms are said by their description.
std::string form_of(const json& of) {
  if (of.contains("enum")) return words_of(of["enum"]);
  if (of.contains("const")) return of["const"].dump();
  const std::string type = type_of(of);
  if (type == "array") return "array of " + form_of(of.value("items", json::object()));
  if (type == "object") return "table";
  return type.empty() ? "one of several forms" : type;
}

// All keys of an object, those of its alternatives included.
void gather(const json& of, json& into) {
  const json own = of.value("properties", json::object());
  for (const auto& [name, shape] : own.items())
    if (!into.contains(name)) into[name] = shape;
  for (const char* several : {"oneOf", "anyOf"})
    for (const json& one : of.value(several, json::array())) gather(one, into);
}

std::string entry(const std::string& path, const json& of, bool required) {
  std::string form = form_of(of);
  if (required) form += ", required";
  const std::string about = of.value("description", std::string());
  return roff::tagged(roff::bold(path) + " (" + roff::escaped(form) + ")", roff::escaped(about));
}

bool is_required(const json& in, const std::string& name) {
  for (const json& one : in.value("required", json::array()))
    if (one == name) return true;
  return false;
}

void add_keys(std::string& out, const json& of, const std::string& prefix) {
  json keys = json::object();
  gather(of, keys);
  for (const auto& [name, shape] : keys.items()) {
    out += entry(prefix + name, shape, is_required(of, name));
    json below = json::object();
    gather(shape, below);
    if (!below.empty()) add_keys(out, shape, prefix + name + '.');
  }
}

bool is_table(const json& of) {
  const std::string type = type_of(of);
  return type == "object" || (type == "array" && type_of(of["items"]) == "object");
}

// One heading for a table, or for each alternative that says which kind it is.
void add_table(std::string& out, const std::string& name, const json& of) {
  if (type_of(of) == "array") return add_table(out, "[[" + name + "]]", of["items"]);
  const json* named = of.contains("additionalProperties") && of["additionalProperties"].is_object()
                          ? &of["additionalProperties"]
                          : nullptr;
  const std::string title = named != nullptr ? "[" + name + ".NAME]" : name.front() == '[' ? name : "[" + name + "]";
  const json& shape = named != nullptr ? *named : of;
  if (!shape.contains("oneOf")) {
    out += roff::section(title);
    if (of.contains("description")) out += roff::escaped(of["description"].get<std::string>()) + "\n";
    return add_keys(out, shape, {});
  }
  for (const json& one : shape["oneOf"]) {
    const json kind =
        one.value("properties", json::object()).value("type", json::object()).value("enum", json::array());
    out += roff::section(kind.empty() ? title : title + " type = " + words_of(kind));
    add_keys(out, one, {});
  }
}

}  // namespace

std::string file_page(const page& about, const std::string& schema, const std::string& version) {
  const json whole = json::parse(schema);
  std::string out = beginning(about, version) + description(about) + roff::section("TOP LEVEL");
  const json& properties = whole["properties"];
  for (const auto& [name, shape] : properties.items())
    if (!is_table(shape)) out += entry(name, shape, is_required(whole, name));
  for (const auto& [name, shape] : properties.items())
    if (is_table(shape)) add_table(out, name, shape);
  return out + ending(about);
}

}  // namespace triggerd::manual
