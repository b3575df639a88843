// The tables that queries read: what is known of runs; the others are there and empty.
#pragma once

#include "sandbox/query_text.hpp"
#include "sandbox/state.hpp"

namespace triggerd::sandbox {

json query_schema();
bool is_query_table(std::string_view name);
std::string query_table_names();  // "runs, metrics, ..."

struct query_rows {
  std::vector<std::string> labels;
  std::vector<json> rows;  // objects
};

// Which runs a query may see.
struct query_range {
  std::vector<const live_environment*> places;
  instant from = instant::min(), to = instant::max();
};

std::variant<query_rows, std::string> run_query(state& in, const query_text& query, const query_range& over);

}  // namespace triggerd::sandbox
