#include "sandbox/handlers.hpp"
#include "sandbox/variable_home.hpp"

namespace triggerd::sandbox::handlers {

namespace {

json shape(const seen_variable& one) {
  return {{"name", one.name}, {"value", one.secret ? "<redacted>" : one.stored->value}, {"isSecret", one.secret}};
}

reply unknown_variable() { return refuse(404, "Environment variable not found"); }
reply success() { return answer(200, {{"success", true}}); }

std::variant<live_environment*, reply> home_for(state& in, const call& from, std::string_view action) {
  if (from.who.kind != caller_kind::user && !from.who.may(action, {"envvars"})) return forbidden();
  return variable_home(in, from);
}

// A text field of an older route's body; the reply otherwise.
std::optional<reply> take_text(const json& body, const char* name, std::string& into) {
  const json* value = find(body, name);
  if (value == nullptr || !value->is_string()) return invalid_body(required("string", value, name));
  into = value->get<std::string>();
  return std::nullopt;
}

}  // namespace

reply list_variables(state& in, const call& from) {
  auto home = home_for(in, from, "read");
  if (auto* refusal = std::get_if<reply>(&home)) return std::move(*refusal);
  json out = json::array();
  for (const seen_variable& one : seen_from(*std::get<live_environment*>(home))) out.push_back(shape(one));
  return answer(200, out);
}

reply get_variable(state& in, const call& from) {
  auto home = home_for(in, from, "read");
  if (auto* refusal = std::get_if<reply>(&home)) return std::move(*refusal);
  for (const seen_variable& one : seen_from(*std::get<live_environment*>(home)))
    if (one.name == from.arguments[2]) return answer(200, shape(one));
  return unknown_variable();
}

reply create_variable(state& in, const call& from) {
  auto home = home_for(in, from, "write");
  if (auto* refusal = std::get_if<reply>(&home)) return std::move(*refusal);
  auto body = read_body_old(from);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  const json& asked = std::get<json>(body);
  std::string name, value;
  if (auto refusal = take_text(asked, "name", name)) return std::move(*refusal);
  if (auto refusal = take_text(asked, "value", value)) return std::move(*refusal);
  const json* secret = find(asked, "isSecret");
  if (secret != nullptr && !secret->is_boolean()) return invalid_body(required("boolean", secret, "isSecret"));
  if (name.empty() || value.empty()) return refuse(400, "You must set at least one valid variable.");
  if (reserved(name))
    return refuse(400, "You must set at least one valid variable. All the variables submitted are not allowed.");
  write_variable(in, *std::get<live_environment*>(home), name, value,
                 secret != nullptr ? std::optional(secret->get<bool>()) : std::nullopt);
  return success();
}

reply update_variable(state& in, const call& from) {
  auto home = home_for(in, from, "write");
  if (auto* refusal = std::get_if<reply>(&home)) return std::move(*refusal);
  auto body = read_body_old(from);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  std::string value;
  if (auto refusal = take_text(std::get<json>(body), "value", value)) return std::move(*refusal);
  live_environment& where = *std::get<live_environment*>(home);
  if (!known_in_project(*where.project, from.arguments[2])) return unknown_variable();
  if (!value.empty()) write_variable(in, where, from.argument(2), value, std::nullopt);  // an empty one changes nothing
  return success();
}

reply delete_variable(state& in, const call& from) {
  auto home = home_for(in, from, "write");
  if (auto* refusal = std::get_if<reply>(&home)) return std::move(*refusal);
  live_environment& where = *std::get<live_environment*>(home);
  if (!known_in_project(*where.project, from.arguments[2])) return unknown_variable();
  if (!where.variables.erase(from.arguments[2]))
    return refuse(400, "Environment variable not found in this environment");
  effect e;
  e.at = in.now;
  e.kind = effect_kind::variable_deleted;
  e.where = where.where;
  e.name = from.argument(2);
  in.effects.append(std::move(e));
  return success();
}

// Everything in clear, secrets and the key included: that is what the server does.
reply resolve_variables(state& in, const call& from) {
  const live_environment& home = *from.who.where;
  if (home.project->spec->ref != from.arguments[0])
    return refuse(
        400, "Invalid project ref for this API key. Make sure you are using an API key associated with that project.");
  json out = {{"TRIGGER_SECRET_KEY", home.spec->key},
              {"TRIGGER_API_URL", in.config.base_url},
              {"TRIGGER_PROJECT_REF", home.project->spec->ref}};
  for (const seen_variable& one : seen_from(home)) out[one.name] = one.stored->value;
  return answer(200, {{"variables", std::move(out)}});
}

}  // namespace triggerd::sandbox::handlers
