// A TOML text held against a table of keys: a tree, or every complaint together with its place.
#pragma once

#include "config/complaints.hpp"
#include "config/keys.hpp"

namespace triggerd::rehearsal {

result<config::node> checked_toml(std::string_view text, const std::string& file, const config::shape& form);
// The complaints as one error, a line each; nothing when there is none.
std::optional<error> told_together(const config::complaints& found);

result<std::string> read_text(const std::string& path);

}  // namespace triggerd::rehearsal
