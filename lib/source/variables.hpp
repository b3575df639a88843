// Names and values from a dotenv text or a flat JSON object. Values may be secrets: errors name lines and names only.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::source {

struct variable {
  std::string name;
  std::string value;
  std::uint64_t line = 0;  // where it was set, from 1; 0 when the source has no lines
  friend bool operator==(const variable&, const variable&) = default;
};

// In order of first appearance; the last value of a repeated name wins. `where` begins each error (source.malformed).
//
//   NAME=value          white space around name and value goes; " #" begins a comment, "a#b" does not
//   export NAME=value   the prefix is ignored
//   NAME='literal'      nothing is special up to the next quote; `backticks` do the same
//   NAME="text\n"       \n \r \t \" \\ \$ are replaced, any other backslash stays
//
// Quoted values may span lines. There is no interpolation: "$X" stays as it is. A name has letters, digits, '_', '.' and
// '-' and begins with no digit. A line that is none of this is an error, never skipped.
result<std::vector<variable>> parse_dotenv(std::string_view text, const std::string& where);

// One JSON object of strings, numbers and booleans. Numbers keep their own spelling. Null and nested values are errors:
// what they should become is not ours to guess.
result<std::vector<variable>> parse_flat_json(std::string_view text, const std::string& where);

}  // namespace triggerd::source
