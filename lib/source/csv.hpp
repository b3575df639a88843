// Comma separated values by RFC 4180, each record a JSON object of typed columns.
#pragma once

#include "source/byte_stream.hpp"
#include "source/item.hpp"

#include <map>

namespace triggerd::source {

enum class column_type { string, integer, number, boolean, json };
std::optional<column_type> column_type_of(std::string_view word);  // "string", "integer", ...

struct csv_format {
  bool header = true;  // the first record names the columns; without, they are "1", "2", ...
  char delimiter = ',';
  std::map<std::string, column_type> types;  // columns not named are strings
};

// Quoted fields may hold delimiters, doubled quotes and line ends. White space belongs to the field, except around
// typed values. An empty field of a type other than string is null. "true", "false", "1" and "0" are booleans. Blank
// lines are skipped; a record over limits::source_line, with another number of fields than the first, with a stray
// quote or a value not of its type is a reject. A header with an empty or repeated name, or without a column that
// `types` names, is an error (source.columns).
std::unique_ptr<item_reader> read_csv(std::unique_ptr<byte_stream> from, csv_format how);

}  // namespace triggerd::source
