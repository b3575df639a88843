// Questions in SQL about runs and metrics (contract API.md 22).
#pragma once

#include "api/operation.hpp"
#include "base/clock.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

enum class query_scope { environment, project, organization };
enum class query_format { json, csv };

struct query_question {
  std::string sql;
  query_scope scope = query_scope::environment;
  query_format format = query_format::json;
  std::string period;  // "7d": back from now; empty: the server's default
  std::optional<instant> from, to;
};
struct query_answer {
  std::string format;  // "json", "csv"
  std::string rows;    // JSON text of a list of objects, or CSV
};
// What the server cannot parse, and tables it does not show, are refused with 400 and its words.
result<operation<query_answer>> execute_query(const query_question& what);

struct query_column {
  std::string name, type, description;  // type: "String", "UInt8", ...
};
struct query_table {
  std::string name, description, time_column;
  std::vector<query_column> columns;
};
operation<std::vector<query_table>> query_schema();

}  // namespace triggerd::api
