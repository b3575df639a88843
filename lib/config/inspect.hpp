// Checks a tree against the table of the format. What one file can get wrong is found here; what tables get wrong
// together is found in cross.hpp.
#pragma once

#include "config/complaints.hpp"
#include "config/keys.hpp"

namespace triggerd::config {

// Literals that look like credentials, and numbers that are none, anywhere in the tree.
void inspect_literals(const node& value, complaints& out);

// Unknown keys, keys of a later version, types, units, words, ranges, placeholders. `path` is the table's name for
// people: "job.import-orders"; empty for a whole file.
void inspect(const node& table, const shape& s, const std::string& path, complaints& out);

// Keys that must be there and keys that exclude each other. Runs on merged tables, since a default may give what is missing.
void require(const node& table, const shape& s, const std::string& path, complaints& out);

}  // namespace triggerd::config
