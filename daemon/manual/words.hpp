// Where a shell finds the words that an argument takes.
#pragma once

#include "manual/grammar.hpp"

#include <string>
#include <vector>

namespace triggerd::manual {

struct words {
  std::vector<std::string> known;  // all of them
  std::vector<std::string> asked;  // commands of triggerctl that take --names: "jobs"
  bool files = false;
  bool any() const { return files || !known.empty() || !asked.empty(); }
};

words words_for(const argument& of);

}  // namespace triggerd::manual
