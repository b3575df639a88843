#include "api/query.hpp"

#include "api/arguments.hpp"
#include "api/rows.hpp"
#include "base/text.hpp"

namespace triggerd::api {

namespace {

using nlohmann::json;

std::string_view wire_name(query_scope scope) {
  switch (scope) {
    case query_scope::environment: return "environment";
    case query_scope::project: return "project";
    case query_scope::organization: return "organization";
  }
  return {};
}

result<query_answer> read_answer(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  query_answer answer;
  const auto named = required_texts(*body, {{"format", &answer.format}});
  if (!named) return named.error();
  if (auto csv = text_member(*body, "results")) {
    answer.rows = std::move(*csv);
    return answer;
  }
  const auto values = optional_values(*body, {{"results", &answer.rows}});
  if (!values) return values.error();
  if (answer.rows.empty()) return missing_member("results");
  return answer;
}

result<query_column> query_column_of(const json& one) {
  query_column column;
  const auto named = required_texts(one, {{"name", &column.name}});
  if (!named) return named.error();
  optional_texts(one, {{"type", &column.type}, {"description", &column.description}});
  return column;
}

result<query_table> query_table_of(const json& one) {
  query_table table;
  const auto named = required_texts(one, {{"name", &table.name}});
  if (!named) return named.error();
  optional_texts(one, {{"description", &table.description}, {"timeColumn", &table.time_column}});
  auto columns = rows_member(one, "columns", query_column_of);
  if (!columns) return columns.error();
  table.columns = std::move(*columns);
  return table;
}

result<std::vector<query_table>> read_tables(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  return rows_member(*body, "tables", query_table_of);
}

}  // namespace

result<operation<query_answer>> execute_query(const query_question& what) {
  if (what.sql.empty() || !text::is_utf8(what.sql)) return bad_argument("sql", "is empty or not UTF-8");
  if (const auto checked = check_name_if_any("period", what.period); !checked) return checked.error();
  json body{{"query", what.sql},
            {"scope", wire_name(what.scope)},
            {"format", what.format == query_format::csv ? "csv" : "json"}};
  put_member(body, "period", what.period);
  put_member(body, "from", what.from);
  put_member(body, "to", what.to);
  return operation<query_answer>{make_json_call("query.execute", {}, body), read_answer};
}

operation<std::vector<query_table>> query_schema() { return {make_call("query.schema", {}), read_tables}; }

}  // namespace triggerd::api
