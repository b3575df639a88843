// Environment variables (contract API.md 14). Bodies and replies hold values: they are never logged.
#pragma once

#include "api/operation.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

struct variable_view {
  std::string name;
  std::string value;  // "<redacted>" when secret
  bool secret = false;
};

// `project` and `slug` ("prod", "staging", ...) stand in the path; with a secret key the key alone decides.
operation<std::vector<variable_view>> list_variables(std::string_view project, std::string_view slug);
operation<variable_view> retrieve_variable(std::string_view project, std::string_view slug, std::string_view name);

struct variable_import {
  std::map<std::string, std::string> values;
  bool override_existing = true;  // false: the whole import fails when one name has a value here
  std::optional<bool> secret;     // one flag for all; unset: as it was, or as the parent's variable of that name
  // Of a branch's parent, written with it. A failed half of the two is not reported: better send two imports.
  std::map<std::string, std::string> parent_values;
  std::string source_kind, source;  // who wrote them, for people: "user" and an id, or "integration" and its name
};
// The body of an import; it holds values, so the caller wipes it after use.
std::string import_body(const variable_import& what);
operation<nothing> import_variables(std::string_view project, std::string_view slug,
                                    std::shared_ptr<const std::string> body, bool override_existing);
operation<nothing> create_variable(std::string_view project, std::string_view slug, std::string_view name,
                                   std::string_view value, std::optional<bool> secret);
// Keeps the flag. An empty value is answered with success and changes nothing: never send one.
operation<nothing> update_variable(std::string_view project, std::string_view slug, std::string_view name,
                                   std::string_view value);
// Not repeatable: a second call is a 404, or a 400 where the project still knows the name.
operation<nothing> delete_variable(std::string_view project, std::string_view slug, std::string_view name);

}  // namespace triggerd::api
