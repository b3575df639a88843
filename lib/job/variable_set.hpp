// The variables that a job wants in an environment: what its sources gave, filtered, renamed and checked. Pure. Values
// are secrets here, whatever they become at the server; no error and no line ever quotes one.
#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "spec/job_spec.hpp"

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::job {

inline constexpr std::string_view redacted_value = "<redacted>";  // what the server shows instead of a secret

// What the sources gave together, by the name they use; later sources win.
struct gathered_variable {
  secret value;
  std::string origin;  // "source 2 (env/shop.env)"
};
using gathered_variables = std::map<std::string, gathered_variable>;

struct wanted_variable {
  secret value;
  bool plain = false;  // readable at the server
};
struct wanted_variables {
  std::map<std::string, wanted_variable, std::less<>> values;  // by the name at the server
  std::set<std::string, std::less<>> untouched;                // empty in the sources, and `empty` = skip
};

// include and exclude look at the names of the sources; plain and required at the names at the server. All complaints
// come together (job.guard).
result<wanted_variables> settle_variables(const spec::env_sync_spec& rules, gathered_variables gathered);

bool matches_any(const std::vector<std::string>& globs, std::string_view name);
// "A, B, C and 4 more"
std::string told(std::span<const std::string> names);

}  // namespace triggerd::job
