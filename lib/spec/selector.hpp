// Which targets a job, a verb or a command means.
//   ["shop-prod", "crm-*"]      entries are OR; a term without "=" is a glob on the name
//   ["tier=prod,app!=plant"]    a comma inside one entry is AND; values are globs
//   ["tier=*", "!shop-demo"]    a leading "!" removes; removal always wins
#pragma once

#include "base/result.hpp"
#include "spec/target_spec.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::spec {

class selector {
 public:
  static result<selector> parse(const std::vector<std::string>& entries);
  static result<selector> parse(std::string_view one_entry);  // the command line's form: entries separated by blanks
  // Labels, and the built-in keys name, project, environment, branch.
  bool matches(const target_spec& target) const;
  // The one target it can mean, when it is no more than a name.
  std::optional<std::string_view> only_name() const;

 private:
  struct term {
    std::string key;  // empty: the name
    std::string pattern;
    bool negated = false;
  };
  using entry = std::vector<term>;
  static bool entry_matches(const entry& terms, const target_spec& target);
  std::vector<entry> wanted_;
  std::vector<entry> removed_;
};

}  // namespace triggerd::spec
