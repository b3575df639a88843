// The files of a configuration: the main one and what it includes, each as a tree.
#pragma once

#include "config/complaints.hpp"
#include "config/environment.hpp"

#include <string>
#include <vector>

namespace triggerd::config {

struct read_files {
  node root;                       // all files merged: tables key by key, arrays of a later file replace
  std::vector<std::string> files;  // in the order they were read
};

// Complains about files that cannot be read or parsed, about versions, and about tables that two files name.
// Every file is inspected against the table by itself.
read_files read_all_files(const std::string& path, const environment& env, complaints& out);

// Paths that match a pattern with * and ? in its parts, sorted. A name that starts with a dot needs a written dot.
std::vector<std::string> expand(const std::string& pattern, const environment& env);

}  // namespace triggerd::config
