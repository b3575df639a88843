#include "sandbox/handlers.hpp"
#include "sandbox/variable_home.hpp"

namespace triggerd::sandbox::handlers {

namespace {

using values = std::vector<std::pair<std::string, std::string>>;

std::optional<values> read_values(const json* from) {
  if (from == nullptr || !from->is_object()) return std::nullopt;
  values out;
  for (const auto& [name, value] : from->items()) {
    if (!value.is_string()) return std::nullopt;
    out.emplace_back(name, value.get<std::string>());
  }
  return out;
}

// One level of an import: all of it or nothing.
reply write(state& in, live_environment& home, const values& given, bool override, std::optional<bool> secret) {
  values valid;
  bool only_reserved = !given.empty();
  for (const auto& [name, value] : given) {
    if (name.empty() || value.empty()) {
      only_reserved = false;
      continue;
    }
    if (reserved(name)) continue;  // dropped without a word
    only_reserved = false;
    valid.emplace_back(name, value);
  }
  if (valid.empty())
    return refuse(400, only_reserved
                           ? "You must set at least one valid variable. All the variables submitted are not allowed."
                           : "You must set at least one valid variable.");
  json taken = json::array();
  if (!override)
    for (const auto& [name, value] : valid)
      if (home.variables.get(name) != nullptr)
        taken.push_back(
            {{"key", name}, {"error", "Variable already set in " + std::string(title_of(home.spec->type)) + "."}});
  if (!taken.empty())
    return answer(400, {{"error",
                         "Some of the variables are already set for these environments. Set override to true to "
                         "override them."},
                        {"variableErrors", std::move(taken)}});
  for (const auto& [name, value] : valid) write_variable(in, home, name, value, secret);
  return answer(200, {{"success", true}});
}

}  // namespace

reply import_variables(state& in, const call& from) {
  if (from.who.kind != caller_kind::user && !from.who.may("write", {"envvars"})) return forbidden();
  auto home = variable_home(in, from);
  if (auto* refusal = std::get_if<reply>(&home)) return std::move(*refusal);
  auto body = read_body_old(from);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  const json& asked = std::get<json>(body);
  const auto given = read_values(find(asked, "variables"));
  const json* above = find(asked, "parentVariables");
  const auto parent_given = above != nullptr ? read_values(above) : values{};
  const json* override = find(asked, "override");
  const json* secret = find(asked, "isSecret");
  if (!given || !parent_given || (override != nullptr && !override->is_boolean()) ||
      (secret != nullptr && !secret->is_boolean()))
    return refuse(400, "Invalid body");
  live_environment& where = *std::get<live_environment*>(home);
  const bool over = override != nullptr && override->get<bool>();
  const auto hidden = secret != nullptr ? std::optional(secret->get<bool>()) : std::nullopt;
  reply own = write(in, where, *given, over, hidden);
  if (where.parent == nullptr || parent_given->empty()) return own;
  // One half is enough: a half that failed is not reported.
  reply parent = write(in, *where.parent, *parent_given, over, hidden);
  return own.status == 200 ? own : parent.status == 200 ? parent : own;
}

}  // namespace triggerd::sandbox::handlers
