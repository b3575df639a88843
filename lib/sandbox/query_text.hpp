// The part of the server's query language that the model speaks: one table, equalities and comparisons joined by AND,
// count(), GROUP BY, ORDER BY, LIMIT.
#pragma once

#include "sandbox/json_text.hpp"

#include <variant>
#include <vector>

namespace triggerd::sandbox {

struct query_item {
  enum class is : std::uint8_t { column, count, constant, every };
  is kind = is::column;
  std::string column;
  json constant;
  std::string label;  // of the result
};

struct query_condition {
  std::string column;
  std::string comparison;    // "=", "!=", "<", ">", "<=", ">=" or "IN"
  std::vector<json> values;  // one, but for IN
};

struct query_order {
  std::string label;
  bool descending = false;
};

struct query_text {
  std::vector<query_item> items;
  std::string table;
  std::vector<query_condition> conditions;
  std::vector<std::string> groups;
  std::vector<query_order> orders;
  std::size_t limit = SIZE_MAX;
};

// The server's kind of complaint, with line and column, when the text cannot be read.
std::variant<query_text, std::string> read_query(std::string_view text);

}  // namespace triggerd::sandbox
