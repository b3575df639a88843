#include "bench/origin/variables.hpp"

#include "bench/origin/credential.hpp"
#include "bench/origin/json_texts.hpp"
#include "bench/origin/query.hpp"

#include <nlohmann/json.hpp>

namespace origin {
namespace {

using nlohmann::json;

std::string quoted(const std::string& text) { return json(text).dump(); }

std::string shape(const std::string& name, const std::string& value, bool secret) {
  return "{\"name\":" + quoted(name) + ",\"value\":" + (secret ? "\"<redacted>\"" : quoted(value)) +
         ",\"isSecret\":" + (secret ? "true}" : "false}");
}

reply success() {
  reply out;
  out.body = "{\"success\":true}";
  return out;
}

bool flag(const json& of, const char* name) {
  const auto found = of.find(name);
  return found != of.end() && found->is_boolean() && found->get<bool>();
}

std::string text(const json& of, const char* name) {
  const auto found = of.find(name);
  return found != of.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

reply variables::answer(const request& asked) {
  set& own = sets_[environment_of(asked.token, asked.branch)];
  if (asked.where.what == endpoint::envvars_list) return list(own);
  if (asked.where.what == endpoint::envvars_import) return import(own, asked.body);
  if (asked.where.what == endpoint::envvars_create) return create(own, asked.body);
  const auto found = own.find(percent_decoded(asked.where.id));
  if (found == own.end()) return refuse(404, "Environment variable not found");
  if (asked.where.what == endpoint::envvars_delete) {
    own.erase(found);
  } else if (asked.where.what == endpoint::envvars_update) {
    const json body = json::parse(asked.body, nullptr, false);
    if (!body.is_object()) return refuse(400, "Invalid body");
    found->second.value = text(body, "value");
  } else {
    reply out;
    out.body = shape(found->first, found->second.value, found->second.secret);
    return out;
  }
  return success();
}

reply variables::list(const set& of) {
  reply out;
  out.body = "[";
  for (const auto& [name, one] : of) {
    if (out.body.size() > 1) out.body += ',';
    out.body += shape(name, one.value, one.secret);
  }
  out.body += ']';
  return out;
}

// All or nothing, as the server has it.
reply variables::import(set& into, std::string_view body) {
  const json read = json::parse(body, nullptr, false);
  if (!read.is_object() || !read.contains("variables") || !read["variables"].is_object())
    return refuse(400, "Invalid body");
  const json& given = read["variables"];
  for (const auto& [name, value] : given.items()) {
    if (!value.is_string()) return refuse(400, "Invalid body");
    if (!flag(read, "override") && into.contains(name))
      return refuse(400,
                    "Some of the variables are already set for these environments. Set override to true to override "
                    "them.");
  }
  for (const auto& [name, value] : given.items()) {
    variable& one = into[name];
    one.value = value.get<std::string>();
    if (read.contains("isSecret")) one.secret = flag(read, "isSecret");
  }
  return success();
}

reply variables::create(set& into, std::string_view body) {
  const json read = json::parse(body, nullptr, false);
  if (!read.is_object() || text(read, "name").empty() || text(read, "value").empty())
    return refuse(400, "You must set at least one valid variable.");
  into[text(read, "name")] = {text(read, "value"), flag(read, "isSecret")};
  return success();
}

}  // namespace origin
