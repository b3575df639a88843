// The variables of one environment, in the order in which they came.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::sandbox {

struct stored_variable {
  std::string value;
  bool secret = false;
};

class variable_set {
 public:
  const stored_variable* get(std::string_view name) const;
  void set(const std::string& name, std::string value, bool secret);
  bool erase(std::string_view name);
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::map<std::string, stored_variable, std::less<>> values_;
  std::vector<std::string> names_;
};

}  // namespace triggerd::sandbox
