#include "sandbox/handlers.hpp"
#include "sandbox/query_tables.hpp"
#include "sandbox/spans.hpp"

#include <algorithm>

namespace triggerd::sandbox::handlers {

namespace {

constexpr std::size_t query_body = 1u << 20;

std::string csv_field(const json& value) {
  std::string text = value.is_null() ? "" : value.is_string() ? value.get<std::string>() : dump_json(value);
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

std::string as_csv(const query_rows& table) {
  std::string out;
  for (const std::string& label : table.labels) out += (out.empty() ? "" : ",") + csv_field(label);
  for (const json& row : table.rows) {
    out += '\n';
    for (std::size_t i = 0; i < table.labels.size(); ++i)
      out += (i > 0 ? "," : "") + csv_field(row.value(table.labels[i], json()));
  }
  return out;
}

// One of the allowed words; the first when nothing is said.
std::variant<std::string, reply> read_choice(const json& body, const char* name, std::vector<std::string> allowed) {
  const json* given = find(body, name);
  if (given == nullptr) return allowed.front();
  if (given->is_string() &&
      std::find(allowed.begin(), allowed.end(), given->get_ref<const std::string&>()) != allowed.end())
    return given->get<std::string>();
  std::string expected;
  for (const std::string& word : allowed) expected += std::string(expected.empty() ? "" : " | ") + '\'' + word + '\'';
  return refuse_body("Invalid enum value. Expected " + expected + ", received '" +
                         (given->is_string() ? given->get<std::string>() : given->dump()) + '\'',
                     name);
}

query_range range_of(state& in, const live_environment& where, const std::string& scope, const json& body) {
  query_range out;
  for (const live_environment& home : in.homes.all())
    if (&home == &where || scope == "organization" || (scope == "project" && home.project == where.project))
      out.places.push_back(&home);
  const auto text = [&](const char* name) {
    const json* given = find(body, name);
    return given != nullptr && given->is_string() ? given->get<std::string>() : std::string();
  };
  if (const auto span = read_span(text("period"))) out.from = in.now - *span;
  if (const auto from = read_date(text("from"))) out.from = *from;
  if (const auto to = read_date(text("to"))) out.to = *to;
  return out;
}

}  // namespace

reply execute_query(state& in, const call& from) {
  auto body = read_body(from, query_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  const json& asked = std::get<json>(body);
  const json* text = find(asked, "query");
  if (text == nullptr) return refuse_body("Required", "query");
  if (!text->is_string()) return refuse_body("Expected string, received " + std::string(type_word(*text)), "query");
  auto scope = read_choice(asked, "scope", {"environment", "project", "organization"});
  if (auto* refusal = std::get_if<reply>(&scope)) return std::move(*refusal);
  auto format = read_choice(asked, "format", {"json", "csv"});
  if (auto* refusal = std::get_if<reply>(&format)) return std::move(*refusal);
  auto read = read_query(text->get_ref<const std::string&>());
  const auto* query = std::get_if<query_text>(&read);
  if (!from.who.may("read", {"query:" + (query != nullptr ? query->table : "__unparseable__")})) return forbidden();
  if (query == nullptr) return refuse(400, std::get<std::string>(read));
  if (!is_query_table(query->table))
    return refuse(400, "Table \"" + query->table + "\" is not accessible. Available tables: " + query_table_names());
  auto found = run_query(in, *query, range_of(in, *from.who.where, std::get<std::string>(scope), asked));
  if (const auto* trouble = std::get_if<std::string>(&found)) return refuse(400, *trouble);
  const query_rows& table = std::get<query_rows>(found);
  if (std::get<std::string>(format) == "csv") return answer(200, {{"format", "csv"}, {"results", as_csv(table)}});
  return answer(200, {{"format", "json"}, {"results", table.rows}});
}

reply show_query_schema(state&, const call& from) {
  return from.who.may("read", {"query:schema"}) ? answer(200, query_schema()) : forbidden();
}

reply list_dashboards(state&, const call& from) {
  if (!from.who.may("read", {"query:dashboards"})) return forbidden();
  const json runs = {{"id", "total-runs"},
                     {"title", "Total runs"},
                     {"query", "SELECT count() AS total_runs FROM runs"},
                     {"type", "bignumber"}};
  const json by_status = {{"id", "runs-by-status"},
                          {"title", "Runs by status"},
                          {"query", "SELECT status, count() AS run_count FROM runs GROUP BY status"},
                          {"type", "table"}};
  const json overview = {{"key", "overview"}, {"title", "Run metrics"}, {"widgets", json::array({runs, by_status})}};
  const json models = {{"key", "llm"}, {"title", "LLM metrics"}, {"widgets", json::array()}};
  return answer(200, {{"dashboards", json::array({overview, models})}});
}

}  // namespace triggerd::sandbox::handlers
