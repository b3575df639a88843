#include "api/envvars.hpp"

#include "api/codes.hpp"
#include "api/json_fields.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::api {

namespace {

using nlohmann::json;

result<variable_view> variable_of(const json& one) {
  auto name = required_text(one, "name");
  if (!name) return name.error();
  auto value = text_member(one, "value");
  if (!value) return missing_member("value");
  return variable_view{
      .name = std::move(*name), .value = std::move(*value), .secret = flag_member(one, "isSecret", false)};
}

result<std::vector<variable_view>> read_variables(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  if (!body->is_array()) return fail(codes::unreadable, "the reply is not a list of variables");
  std::vector<variable_view> variables;
  for (const auto& one : *body) {
    auto variable = variable_of(one);
    if (!variable) return variable.error();
    variables.push_back(std::move(*variable));
  }
  return variables;
}

result<variable_view> read_variable(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  return variable_of(*body);
}

call read_call(std::string_view endpoint, std::initializer_list<std::string_view> parts) {
  call what = make_call(endpoint, parts);
  what.secret_reply = true;
  return what;
}

}  // namespace

operation<std::vector<variable_view>> list_variables(std::string_view project, std::string_view slug) {
  return {read_call("envvars.list", {project, slug}), read_variables};
}

operation<variable_view> retrieve_variable(std::string_view project, std::string_view slug, std::string_view name) {
  return {read_call("envvars.retrieve", {project, slug, name}), read_variable};
}

std::string import_body(const variable_import& what) {
  json body{{"variables", what.values}};
  if (what.override_existing) body["override"] = true;
  if (what.secret) body["isSecret"] = *what.secret;
  if (!what.parent_values.empty()) body["parentVariables"] = what.parent_values;
  if (!what.source.empty())
    body["source"] = {{"type", what.source_kind}, {what.source_kind == "user" ? "userId" : "integration", what.source}};
  return json_text(body);
}

operation<nothing> import_variables(std::string_view project, std::string_view slug,
                                    std::shared_ptr<const std::string> body, bool override_existing) {
  call what = make_call("envvars.upload", {project, slug}, std::move(body));
  what.keyed = override_existing;
  return {std::move(what), read_nothing};
}

operation<nothing> create_variable(std::string_view project, std::string_view slug, std::string_view name,
                                   std::string_view value, std::optional<bool> secret) {
  json body{{"name", name}, {"value", value}};
  if (secret) body["isSecret"] = *secret;
  return {make_json_call("envvars.create", {project, slug}, body), read_nothing};
}

operation<nothing> update_variable(std::string_view project, std::string_view slug, std::string_view name,
                                   std::string_view value) {
  return {make_json_call("envvars.update", {project, slug, name}, json{{"value", value}}), read_nothing};
}

operation<nothing> delete_variable(std::string_view project, std::string_view slug, std::string_view name) {
  return {make_call("envvars.del", {project, slug, name}), read_nothing};
}

}  // namespace triggerd::api
