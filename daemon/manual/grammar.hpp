// A command line's grammar, read off its parser: what completions and manual pages are made from, so that they cannot
// say anything else than the program does.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace triggerd::manual {

struct argument {
  std::vector<std::string> flags;    // "-f", "--follow"; none: its place tells what it is
  std::string value;                 // "FILE", "NAME=VALUE"; empty: a switch
  std::vector<std::string> choices;  // all words it takes, where they are known
  std::string help;
  bool required = false;
  bool repeats = false;

  const std::string& longest() const { return flags.back(); }
};

struct verb {
  std::string name;
  std::string help;
  std::string footer;
  std::vector<argument> options;
  std::vector<argument> places;
  std::vector<verb> verbs;
};

verb grammar_of(const CLI::App& parser);

}  // namespace triggerd::manual
