// Placeholders: a closed set of names in string values, replaced after parsing. No expressions.
//
//   target.{name,project,environment,branch,branch_slug,labels.X,vars.X}  job.name
//   fire.{id,at,date,attempt}  vars.X  item  item.X.Y  line
//
// A string that is exactly one placeholder keeps the type of what it names. "{{{{" stands for a literal "{{".
#pragma once

#include "base/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::spec {

// Looks a dotted name up; null pointer when there is no such value. The pointer lives as long as the scope.
using name_lookup = std::function<const nlohmann::json*(std::string_view name)>;

// A JSON document with placeholders, parsed once and rendered often.
class json_template {
 public:
  static result<json_template> parse(std::string_view json_text);
  json_template(json_template&&) noexcept;
  json_template& operator=(json_template&&) noexcept;
  ~json_template();

  result<nlohmann::json> render(const name_lookup& names) const;
  const std::vector<std::string>& names() const;  // every name used, for the check at load

 private:
  struct parts;
  explicit json_template(std::unique_ptr<parts> p);
  std::unique_ptr<parts> parts_;
};

// A plain text with placeholders: scalars are written as text, anything else is an error.
result<std::string> render_text(std::string_view text, const name_lookup& names);
result<std::vector<std::string>> names_in(std::string_view text);
// The name in a text that is exactly one placeholder.
std::optional<std::string> only_name_in(std::string_view text);

// Whether a name belongs to the closed set; `item` and `line` only where allowed.
bool is_known_name(std::string_view name, bool items_allowed);

}  // namespace triggerd::spec
