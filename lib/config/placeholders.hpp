// Placeholders in the strings of a tree, checked with their place.
#pragma once

#include "config/complaints.hpp"
#include "config/keys.hpp"

namespace triggerd::config {

bool holds_placeholder(std::string_view text);
// The names a text uses; none when it cannot be read.
std::vector<std::string> placeholder_names(std::string_view text);

// A use of a name, with the place of its string.
struct placeholder_use {
  std::string name;
  const node* where;
};
// Of all strings below, in the tree's order.
void collect_placeholders(const node& value, std::vector<placeholder_use>& out);

// Unknown names, names that have no value here, placeholders that are not closed. False: complained.
bool check_placeholders(const node& text, names replaced, complaints& out);

}  // namespace triggerd::config
