#include "sandbox/query_tables.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "sandbox/dice.hpp"

#include <algorithm>
#include <array>

namespace triggerd::sandbox {

namespace {

using reading = json (*)(const state&, const run&);

struct run_column {
  std::string_view name, type, about, example;
  bool core = false;
  reading read;
};

// "COMPLETED" as the tables say it: "Completed".
std::string spoken_status(run_status status) {
  std::string out = text::lower(name_of(status));
  std::replace(out.begin(), out.end(), '_', ' ');
  out.front() = static_cast<char>(out.front() - 'a' + 'A');
  return out;
}

json table_date(const std::optional<instant>& at) {
  if (!at) return nullptr;
  std::string out = text::iso(*at);
  out[10] = ' ';
  out.pop_back();
  return out;
}

json ran_for(const state&, const run& of) {
  if (!of.started || !of.finished) return nullptr;
  return std::chrono::round<milliseconds>(*of.finished - *of.started).count();
}

// A table reads best with a row on a line.
// clang-format off
constexpr std::array<run_column, 20> run_columns = {{
    {"run_id", "String", "A unique ID for a run", "run_cm1a2b3c4d5e6f7g8h9i", true, [](const state& in, const run& of) { return json(in.runs.id_of(of.number)); }},
    {"environment", "String", "The environment slug", "prod", false, [](const state&, const run& of) { return json(of.where->slug); }},
    {"project", "String", "The project reference", "proj_howcnaxbfxdmwmxazktx", false, [](const state&, const run& of) { return json(of.where->project->spec->ref); }},
    {"environment_type", "LowCardinality(String)", "Environment type", "PRODUCTION", false, [](const state&, const run& of) { return json(word_of(of.where->spec->type)); }},
    {"attempt_count", "UInt8", "Number of attempts (starts at 1)", "1", false, [](const state&, const run& of) { return json(of.started ? 1 : 0); }},
    {"status", "LowCardinality(String)", "Run status", "Completed", true, [](const state&, const run& of) { return json(spoken_status(of.status)); }},
    {"is_finished", "UInt8", "Whether the run is finished (0 or 1)", "0", false, [](const state&, const run& of) { return json(is_final(of.status) ? 1 : 0); }},
    {"task_identifier", "String", "Task identifier/slug", "my-background-task", true, [](const state&, const run& of) { return json(of.input->task); }},
    {"queue", "String", "Queue name", "task/my-background-task", false, [](const state&, const run& of) { return json(of.input->queue.empty() ? "task/" + of.input->task : of.input->queue); }},
    {"batch_id", "String", "Batch ID (if part of a batch)", "batch_5678efgh", false, [](const state& in, const run& of) { return json(of.batch != 0 ? numbered_id("batch_", in.seed, of.batch) : std::string()); }},
    {"idempotency_key", "String", "Idempotency key", "user-123-action-456", false, [](const state&, const run& of) { return json(of.shown_key); }},
    {"region", "String", "Region", "us-east-1", false, [](const state&, const run& of) { return json(of.input->region); }},
    {"triggered_at", "DateTime64", "When the run was triggered", "2024-01-15 09:30:00.000", false, [](const state&, const run& of) { return table_date(of.created); }},
    {"executed_at", "Nullable(DateTime64)", "When execution of the run began", "2024-01-15 09:30:01.500", false, [](const state&, const run& of) { return table_date(of.started); }},
    {"completed_at", "Nullable(DateTime64)", "When the run completed", "2024-01-15 09:30:05.000", false, [](const state&, const run& of) { return table_date(of.finished); }},
    {"execution_duration", "Nullable(Int64)", "The time between starting to execute and completing, in ms", "4000", false, ran_for},
    {"tags", "Array(String)", "Tags", "[\"user:123\", \"priority:high\"]", false, [](const state&, const run& of) { return json(*of.tags); }},
    {"task_version", "String", "Code version", "20240115.1", false, [](const state&, const run& of) { return json(of.version); }},
    {"is_test", "UInt8", "Whether this is a test run (0 or 1)", "0", false, [](const state&, const run& of) { return json(of.input->test ? 1 : 0); }},
    {"concurrency_key", "String", "The concurrency key", "user:1234567", false, [](const state&, const run& of) { return json(of.input->concurrency_key); }},
}};

struct empty_table { std::string_view name, about, time_column; bool listed; };
constexpr std::array<empty_table, 6> empty_tables = {{
    {"metrics", "Host and runtime metrics collected during task execution", "bucket_start", true},
    {"llm_metrics", "LLM metrics: token usage, cost, performance, and behavior from GenAI spans", "start_time", true},
    {"llm_models", "Cross-tenant model performance aggregates", "minute", true},
    {"queue_metrics", "Metrics of queues", "bucket_start", false},
    {"env_metrics", "Metrics of environments", "bucket_start", false},
    {"queue_metrics_by_key", "Metrics of queues by concurrency key", "bucket_start", false},
}};
// clang-format on

const run_column* run_column_named(std::string_view name) {
  const auto at =
      std::find_if(run_columns.begin(), run_columns.end(), [&](const auto& one) { return one.name == name; });
  return at == run_columns.end() ? nullptr : &*at;
}

json column_schema(const run_column& one) {
  json out = {{"name", one.name}, {"type", one.type}, {"description", one.about}, {"example", one.example}};
  if (one.core) out["coreColumn"] = true;
  if (one.name != "status") return out;
  json& words = out["allowedValues"] = json::array();
  for (std::size_t i = 0; i < run_statuses; ++i) words.push_back(spoken_status(static_cast<run_status>(i)));
  return out;
}

bool holds(const query_condition& one, const json& value) {
  if (one.comparison == "IN") return std::find(one.values.begin(), one.values.end(), value) != one.values.end();
  const json& other = one.values.front();
  if (one.comparison == "=") return value == other;
  if (one.comparison == "!=") return value != other;
  if (value.is_null() || value.is_string() != other.is_string()) return false;
  if (one.comparison == "<") return value < other;
  if (one.comparison == ">") return value > other;
  return one.comparison == "<=" ? value <= other : value >= other;
}

std::optional<std::string> unknown_column(const query_text& query) {
  std::vector<std::string> named = query.groups;
  for (const query_item& one : query.items)
    if (one.kind == query_item::is::column) named.push_back(one.column);
  for (const query_condition& one : query.conditions) named.push_back(one.column);
  for (const std::string& name : named)
    if (run_column_named(name) == nullptr) return "Unable to resolve field: " + name;
  return std::nullopt;
}

std::vector<const run*> matching_runs(state& in, const query_text& query, const query_range& over) {
  std::vector<const run*> out;
  for (const live_environment* place : over.places)
    for (const std::uint64_t number : place->runs.all) {
      const run& one = in.runs.at(number);
      if (one.created < over.from || one.created > over.to || one.created > in.list_horizon()) continue;
      const bool fits = std::all_of(query.conditions.begin(), query.conditions.end(), [&](const query_condition& by) {
        return holds(by, run_column_named(by.column)->read(in, one));
      });
      if (fits) out.push_back(&one);
    }
  return out;
}

json row_of(const state& in, const query_text& query, const run* first, std::size_t count) {
  json out = json::object();
  for (const query_item& one : query.items) {
    if (one.kind == query_item::is::count) out[one.label] = count;
    if (one.kind == query_item::is::constant) out[one.label] = one.constant;
    if (first == nullptr) continue;
    if (one.kind == query_item::is::column) out[one.label] = run_column_named(one.column)->read(in, *first);
    if (one.kind == query_item::is::every)
      for (const run_column& column : run_columns) out[std::string(column.name)] = column.read(in, *first);
  }
  return out;
}

std::vector<json> grouped(const state& in, const query_text& query, const std::vector<const run*>& runs) {
  const bool counts = std::any_of(query.items.begin(), query.items.end(),
                                  [](const query_item& one) { return one.kind == query_item::is::count; });
  std::vector<json> out;
  if (!counts && query.groups.empty()) {
    for (const run* one : runs) out.push_back(row_of(in, query, one, 1));
    return out;
  }
  std::map<std::string, std::pair<const run*, std::size_t>> groups;
  for (const run* one : runs) {
    json key = json::array();
    for (const std::string& name : query.groups) key.push_back(run_column_named(name)->read(in, *one));
    auto& group = groups[dump_json(key)];
    if (group.second++ == 0) group.first = one;
  }
  if (groups.empty() && query.groups.empty()) groups["[]"] = {nullptr, 0};  // a count of nothing is a row all the same
  for (const auto& [key, group] : groups) out.push_back(row_of(in, query, group.first, group.second));
  return out;
}

void sort_rows(const std::vector<query_order>& by, std::vector<json>& rows) {
  std::stable_sort(rows.begin(), rows.end(), [&](const json& a, const json& b) {
    for (const query_order& one : by) {
      const json left = a.value(one.label, json()), right = b.value(one.label, json());
      if (left != right) return one.descending ? right < left : left < right;
    }
    return false;
  });
}

}  // namespace

json query_schema() {
  json columns = json::array(), tables = json::array();
  for (const run_column& one : run_columns) columns.push_back(column_schema(one));
  tables.push_back({{"name", "runs"},
                    {"description", "Task runs - stores all task execution records"},
                    {"timeColumn", "triggered_at"},
                    {"columns", std::move(columns)}});
  for (const empty_table& one : empty_tables) {
    if (!one.listed) continue;
    const json time = {{"name", one.time_column}, {"type", "DateTime"}, {"description", "The time of the row"}};
    tables.push_back({{"name", one.name},
                      {"description", one.about},
                      {"timeColumn", one.time_column},
                      {"columns", json::array({time})}});
  }
  return {{"tables", std::move(tables)}};
}

bool is_query_table(std::string_view name) {
  return name == "runs" || std::any_of(empty_tables.begin(), empty_tables.end(),
                                       [&](const empty_table& one) { return one.name == name; });
}

std::string query_table_names() {
  std::string out = "runs";
  for (const empty_table& one : empty_tables) out += ", " + std::string(one.name);
  return out;
}

std::variant<query_rows, std::string> run_query(state& in, const query_text& query, const query_range& over) {
  query_rows out;
  for (const query_item& one : query.items) {
    if (one.kind != query_item::is::every) out.labels.push_back(one.label);
    else
      for (const run_column& column : run_columns) out.labels.emplace_back(column.name);
  }
  if (query.table == "runs") {
    if (auto unknown = unknown_column(query)) return *unknown;
    out.rows = grouped(in, query, matching_runs(in, query, over));
  } else {
    out.rows = grouped(in, query, {});
  }
  sort_rows(query.orders, out.rows);
  out.rows.resize(std::min({out.rows.size(), query.limit, limits::sandbox_query_rows}));
  return out;
}

}  // namespace triggerd::sandbox
