#include "sandbox/checked_toml.hpp"

#include "config/codes.hpp"
#include "config/environment.hpp"
#include "config/inspect.hpp"

namespace triggerd::rehearsal {

std::optional<error> told_together(const config::complaints& found) {
  if (!found.has_errors()) return std::nullopt;
  std::string lines;
  error_code first{};
  for (const config::complaint& one : found.sorted()) {
    if (lines.empty()) first = one.code;
    else lines += '\n';
    lines += one.text();
  }
  return error(first, std::move(lines));
}

result<config::node> checked_toml(std::string_view text, const std::string& file, const config::shape& form) {
  auto parsed = config::parse_toml(text, file);
  config::complaints found;
  if (!parsed) {
    found.error(parsed.error().where, config::codes::syntax, parsed.error().message);
    return *told_together(found);
  }
  config::inspect(*parsed, form, "", found);
  config::require(*parsed, form, "", found);
  if (auto wrong = told_together(found)) return *wrong;
  return std::move(*parsed);
}

result<std::string> read_text(const std::string& path) { return config::machine_environment().read_file(path); }

}  // namespace triggerd::rehearsal
