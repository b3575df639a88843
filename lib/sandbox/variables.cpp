#include "sandbox/variables.hpp"

#include <algorithm>

namespace triggerd::sandbox {

const stored_variable* variable_set::get(std::string_view name) const {
  const auto at = values_.find(name);
  return at == values_.end() ? nullptr : &at->second;
}

void variable_set::set(const std::string& name, std::string value, bool secret) {
  const auto [at, fresh] = values_.insert_or_assign(name, stored_variable{std::move(value), secret});
  if (fresh) names_.push_back(at->first);
}

bool variable_set::erase(std::string_view name) {
  const auto at = values_.find(name);
  if (at == values_.end()) return false;
  values_.erase(at);
  names_.erase(std::find(names_.begin(), names_.end(), name));
  return true;
}

}  // namespace triggerd::sandbox
