// The names that a leg's templates may use, with their values (spec/template.hpp has the closed set).
#pragma once

#include "job/kind.hpp"
#include "spec/template.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace triggerd::job {

// Fixed for a leg; item and line change. Pointers given out live until the next set_item() or the scope's end.
class scope {
 public:
  explicit scope(const leg_view& leg);
  scope(const scope&) = delete;
  scope& operator=(const scope&) = delete;
  void set_item(const nlohmann::json& item, std::uint64_t line);  // outlives the use of its names
  spec::name_lookup names() const;                                // valid while this lives

 private:
  nlohmann::json values_;  // {"target": {...}, "job": {...}, "fire": {...}, "vars": {...}, "line": n}
  const nlohmann::json* item_ = nullptr;
  nlohmann::json* line_ = nullptr;  // of values_, once there is one
};

// "feat/Login page" -> "feat-login-page": letters, digits and single hyphens, at most 63 characters.
std::string branch_slug(std::string_view branch);

}  // namespace triggerd::job
