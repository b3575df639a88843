// Manual pages: of a program, from its grammar and a few words; of a file, from its schema.
#pragma once

#include "manual/grammar.hpp"

#include <string>
#include <utility>
#include <vector>

namespace triggerd::manual {

struct page {
  std::string name;
  int section = 1;
  std::string line;                                           // after the dash
  std::vector<std::string> paragraphs;                        // what it is
  std::vector<std::pair<std::string, std::string>> examples;  // what for, what is typed
  std::vector<std::pair<std::string, std::string>> files;
  std::vector<std::pair<std::string, std::string>> variables;  // of the environment
  std::vector<std::string> see;                                // "triggerctl(1)"
};

std::string program_page(const page& about, const verb& program, const std::string& version);
// `schema`: the text of a JSON schema whose properties are the file's tables.
std::string file_page(const page& about, const std::string& schema, const std::string& version);

}  // namespace triggerd::manual
