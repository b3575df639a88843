#include "api/query.hpp"

#include "api/error_groups.hpp"
#include "api/reports.hpp"
#include "base/limits.hpp"
#include "unit/api/family_bench.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

const std::string group_row =
    R"({"id":"error_1","fingerprint":"9bc6","taskIdentifier":"no-retry","errorType":"Error","errorMessage":"boom\n2",)"
    R"("count":2,"firstSeen":"2026-01-15T10:00:00.000Z","lastSeen":"2026-01-15T10:00:05.000Z",)"
    R"("affectedVersions":["20261124.1"],"status":"resolved","resolvedAt":"2026-01-15T10:00:05.000Z",)"
    R"("resolvedInVersion":"v","resolvedBy":"u","ignoredUntil":"2026-01-15T10:00:05.000Z","ignoredReason":"r"})";
const std::map<std::string, form> group_needs{{"/id", form::text}, {"/status", form::text}, {"/count", form::count}};

}  // namespace

TEST_CASE("a query is asked with its scope and format") {
  query_question what;
  what.sql = "SELECT count() FROM runs";
  const auto plain = execute_query(what).value();
  CHECK(line_of("POST", plain.what) == "/api/v1/query");
  CHECK(sent(plain.what) == json{{"query", "SELECT count() FROM runs"}, {"scope", "environment"}, {"format", "json"}});
  CHECK(plain.what.repeatable());
  what.scope = query_scope::organization;
  what.format = query_format::csv;
  what.period = "1d";
  what.from = what.to = instant(milliseconds(1'767'225'600'000));
  CHECK(sent(execute_query(what)->what) == json{{"query", "SELECT count() FROM runs"},
                                                {"scope", "organization"},
                                                {"format", "csv"},
                                                {"period", "1d"},
                                                {"from", "2026-01-01T00:00:00.000Z"},
                                                {"to", "2026-01-01T00:00:00.000Z"}});
  what.scope = query_scope::project;
  CHECK(sent(execute_query(what)->what)["scope"] == "project");
  what.sql = "SELECT 1\nFROM runs";  // more lines than one are ordinary
  CHECK(execute_query(what).has_value());
  what.sql = "";
  hold_refused(execute_query(what), "sql");
  what.sql = "\xff";
  hold_refused(execute_query(what), "sql");
  what.sql = "SELECT 1";
  what.period = "1\nd";
  hold_refused(execute_query(what), "period");
}

TEST_CASE("a query's answer is rows as JSON text, or CSV") {
  query_question ask;
  ask.sql = "SELECT 1";
  const auto what = execute_query(ask).value();
  for (const auto* garbage : {"", "{", "<html>", "[]", "{}", R"({"results":[]})", R"({"format":"json"})",
                              R"({"format":"json","results":null})", R"({"format":5,"results":[]})"})
    CHECK_FALSE(reads(what, garbage));
  const auto rows = value_of(what, R"({"format":"json","results":[{"n":54}]})");
  CHECK(rows.format == "json");
  CHECK(rows.rows == R"([{"n":54}])");
  CHECK(value_of(what, R"({"format":"csv","results":"n\n54\n"})").rows == "n\n54\n");
  CHECK(value_of(what, R"({"format":"csv","results":""})").rows.empty());
}

TEST_CASE("the schema of queries is read with its tables and columns") {
  const std::string body =
      R"({"tables":[{"name":"runs","description":"Task runs","timeColumn":"triggered_at",)"
      R"("columns":[{"name":"run_id","type":"String","description":"An id","coreColumn":true}]}]})";
  CHECK(line_of("GET", query_schema().what) == "/api/v1/query/schema");
  hold_reader(query_schema(), {body,
                               {{"/tables", form::list},
                                {"/tables/0", form::object},
                                {"/tables/0/name", form::text},
                                {"/tables/0/columns", form::list},
                                {"/tables/0/columns/0", form::object},
                                {"/tables/0/columns/0/name", form::text}}});
  const auto table = value_of(query_schema(), body).at(0);
  CHECK(table.name == "runs");
  CHECK(table.description == "Task runs");
  CHECK(table.time_column == "triggered_at");
  CHECK(table.columns.at(0).name == "run_id");
  CHECK(table.columns.at(0).type == "String");
  CHECK(table.columns.at(0).description == "An id");
}

TEST_CASE("a report is asked for in its format and read as it is") {
  const auto markdown = retrieve_report("health", report_format::markdown, "7d");
  CHECK(line_of("GET", markdown.what) == "/api/v1/reports/health?format=markdown&period=7d");
  CHECK(value_of(markdown, "# Health\n\nFine.\n") == "# Health\n\nFine.\n");
  for (const auto* bad : {"", " \n", "<!DOCTYPE html><html></html>", "\xff"}) CHECK_FALSE(reads(markdown, bad));
  const auto as_json = retrieve_report("health", report_format::json);
  CHECK(as_json.what.path == "/api/v1/reports/health?format=json");
  CHECK(value_of(as_json, R"({"a":1})") == R"({"a":1})");
  for (const auto* bad : {"", "{", "5", "\"text\"", "# Health"}) CHECK_FALSE(reads(as_json, bad));
}

TEST_CASE("groups of errors are listed by cursor") {
  CHECK(list_error_groups().what.path == "/api/v1/errors");
  CHECK(line_of("GET", list_error_groups(10, "c").what) == "/api/v1/errors?page%5Bsize%5D=10&page%5Bafter%5D=c");
  std::map<std::string, form> needs{{"/data", form::list}, {"/data/0", form::object}};
  for (const auto& [pointer, wanted] : group_needs) needs["/data/0" + pointer] = wanted;
  const std::string body = R"({"data":[)" + group_row + R"(],"pagination":{"next":"n"}})";
  hold_reader(list_error_groups(), {body, needs});
  CHECK(value_of(list_error_groups(), body).next == "n");
}

TEST_CASE("a group of errors is read, resolved, ignored and taken up again") {
  CHECK(line_of("GET", retrieve_error_group("error_1").what) == "/api/v1/errors/error_1");
  CHECK(line_of("POST", resolve_error_group("error_1").what) == "/api/v1/errors/error_1/resolve");
  CHECK(line_of("POST", ignore_error_group("error_1").what) == "/api/v1/errors/error_1/ignore");
  CHECK(line_of("POST", unresolve_error_group("error_1").what) == "/api/v1/errors/error_1/unresolve");
  CHECK(sent(resolve_error_group("e").what) == json::object());
  for (const auto& what :
       {retrieve_error_group("e"), resolve_error_group("e"), ignore_error_group("e"), unresolve_error_group("e")})
    hold_reader(what, {group_row, group_needs});
  const auto group = value_of(retrieve_error_group("e"), group_row);
  CHECK(group.id == "error_1");
  CHECK(group.fingerprint == "9bc6");
  CHECK(group.task == "no-retry");
  CHECK(group.type == "Error");
  CHECK(group.message.find('\n') == std::string::npos);
  CHECK(group.status == "resolved");
  CHECK(group.count == 2);
  CHECK(group.first_seen == instant(milliseconds(1'768'471'200'000)));
  CHECK(group.last_seen == group.resolved);
  CHECK(group.ignored_until.has_value());
  CHECK(group.versions == std::vector<std::string>{"20261124.1"});
  CHECK(group.resolved_in_version == "v");
  CHECK(group.resolved_by == "u");
  CHECK(group.ignored_reason == "r");
  const std::string long_one =
      R"({"id":"e","status":"NEW","count":1,"errorMessage":")" + std::string(9'000, 'e') + "\"}";
  CHECK(value_of(retrieve_error_group("e"), long_one).message.size() <= limits::peer_words + 3);
}
