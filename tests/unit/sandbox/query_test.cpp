#include "site.hpp"

#include "sandbox/query_text.hpp"

#include <doctest/doctest.h>

namespace triggerd::sandbox::test {

namespace {

answered asked(site& at, const std::string& query, const json& more = json::object(), const char* key = prod_key) {
  json body = {{"query", query}};
  body.update(more);
  return at.post("/api/v1/query", body, key);
}

json rows(site& at, const std::string& query, const json& more = json::object()) {
  const answered got = asked(at, query, more);
  REQUIRE_MESSAGE(got.status == 200, got.text);
  return got.body.at("results");
}

void run_some(site& at) {
  at.trigger("hello", {{"tags", {"a"}}});
  at.trigger("hello");
  at.trigger("flaky");
  at.trigger("hello", json::object(), staging_key);
  at.pass(seconds(5));
}

}  // namespace

TEST_SUITE("queries and reports") {
  TEST_CASE("runs are counted, in groups and as a whole, also when there are none") {
    site at;
    CHECK(rows(at, "SELECT count() FROM runs") == json::array({{{"count()", 0}}}));
    run_some(at);
    CHECK(rows(at, "select count(*) as n from runs") == json::array({{{"n", 3}}}));
    CHECK(rows(at, "SELECT status, count() AS n FROM runs GROUP BY status ORDER BY n DESC") ==
          json::array({{{"status", "Completed"}, {"n", 2}}, {{"status", "Failed"}, {"n", 1}}}));
    CHECK(rows(at, "SELECT task_identifier FROM runs GROUP BY task_identifier LIMIT 9").size() == 2);
  }

  TEST_CASE("conditions, order and limit choose the rows") {
    site at;
    run_some(at);
    CHECK(rows(at, "SELECT task_identifier AS t FROM runs WHERE status = 'Failed'") == json::array({{{"t", "flaky"}}}));
    CHECK(rows(at, "SELECT run_id FROM runs WHERE task_identifier IN ('hello', 'slow') AND is_finished = 1").size() ==
          2);
    CHECK(rows(at, "SELECT run_id FROM runs WHERE execution_duration > 400").empty());
    CHECK(rows(at, "SELECT run_id FROM runs WHERE execution_duration >= 400").size() == 3);
    CHECK(rows(at, "SELECT run_id FROM runs WHERE status <> 'Failed' LIMIT 1").size() == 1);
    CHECK(rows(at, "SELECT task_identifier FROM runs ORDER BY task_identifier ASC;")[0].at("task_identifier") ==
          "flaky");
    CHECK(rows(at, "SELECT * FROM runs LIMIT 1")[0].contains("triggered_at"));
    CHECK(rows(at, "SELECT 1 AS one, 'x' FROM runs LIMIT 1") == json::array({{{"one", 1}, {"x", "x"}}}));
  }

  TEST_CASE("scope and period say which runs are seen") {
    site at;
    run_some(at);
    CHECK(rows(at, "SELECT run_id FROM runs", {{"scope", "project"}}).size() == 4);
    at.trigger("hello", json::object(), other_key);
    at.pass(std::chrono::hours(2));
    CHECK(rows(at, "SELECT run_id FROM runs", {{"scope", "organization"}}).size() == 5);
    CHECK(rows(at, "SELECT run_id FROM runs", {{"period", "1h"}}).empty());
    CHECK(rows(at, "SELECT run_id FROM runs", {{"period", "1d"}}).size() == 3);
    CHECK(rows(at, "SELECT run_id FROM runs", {{"to", "2020-01-01"}}).empty());
  }

  TEST_CASE("CSV comes as text inside JSON") {
    site at;
    run_some(at);
    const json got = asked(at, "SELECT task_identifier, tags FROM runs WHERE status = 'Completed' ORDER BY tags",
                           {{"format", "csv"}})
                         .body;
    CHECK(got.at("format") == "csv");
    CHECK(got.at("results") == "task_identifier,tags\nhello,[]\nhello,\"[\"\"a\"\"]\"");
  }

  TEST_CASE("what cannot be read is refused with its place") {
    site at;
    CHECK(asked(at, "SELEKT banana").error() ==
          "Syntax error at line 1:0: mismatched input 'SELEKT' expecting {SELECT, WITH, '{', '(', '<'}");
    CHECK(
        asked(at, "SELECT run_id\nFORM runs").error().starts_with("Syntax error at line 2:0: mismatched input 'FORM'"));
    const char* bad[] = {"",
                         "SELECT",
                         "SELECT run_id",
                         "SELECT run_id FROM",
                         "SELECT run_id FROM runs WHERE",
                         "SELECT run_id FROM runs WHERE status LIKE 'x'",
                         "SELECT run_id FROM runs WHERE status = run_id",
                         "SELECT run_id FROM runs WHERE status IN 'x'",
                         "SELECT run_id FROM runs WHERE status IN ('x'",
                         "SELECT run_id FROM runs GROUP status",
                         "SELECT run_id FROM runs LIMIT -1",
                         "SELECT run_id FROM runs LIMIT 'x'",
                         "SELECT max(run_id) FROM runs",
                         "SELECT count( FROM runs",
                         "SELECT run_id FROM runs extra",
                         "SELECT nothing FROM runs",
                         "SELECT run_id FROM runs WHERE nothing = 1",
                         "SELECT count() FROM runs GROUP BY nothing"};
    for (const char* query : bad) {
      CAPTURE(query);
      CHECK(asked(at, query).status == 400);
    }
    CHECK(asked(at, "SELECT 1 FROM secrets").error().starts_with("Table \"secrets\" is not accessible."));
    CHECK(asked(at, "SELECT run_id FROM runs", {{"format", "xml"}}).status == 400);
    CHECK(asked(at, "SELECT run_id FROM runs", {{"scope", "world"}}).status == 400);
    CHECK(at.post("/api/v1/query", json::object()).status == 400);
    CHECK(at.post("/api/v1/query", {{"query", 1}}).status == 400);
  }

  TEST_CASE("other tables are there and empty") {
    site at;
    CHECK(rows(at, "SELECT metric_value FROM metrics").empty());
    CHECK(rows(at, "SELECT count() AS n FROM llm_metrics") == json::array({{{"n", 0}}}));
    const json tables = at.get("/api/v1/query/schema").body.at("tables");
    CHECK(tables[0].at("name") == "runs");
    CHECK(tables.size() == 4);
  }

  TEST_CASE("dashboards hold queries that can be asked") {
    site at;
    const json all = at.get("/api/v1/query/dashboards").body;
    for (const json& board : all.at("dashboards"))
      for (const json& widget : board.at("widgets")) CHECK(asked(at, widget.at("query")).status == 200);
  }

  TEST_CASE("a token reads the tables that its scopes name") {
    site at;
    const std::string token = at.post("/api/v1/auth/public-tokens", {{"scopes", {"read:query:runs"}}}).body.at("token");
    CHECK(asked(at, "SELECT run_id FROM runs", json::object(), token.c_str()).status == 200);
    CHECK(asked(at, "SELECT run_id FROM metrics", json::object(), token.c_str()).status == 403);
    CHECK(asked(at, "nonsense", json::object(), token.c_str()).status == 403);
    CHECK(at.get("/api/v1/query/schema", token.c_str()).status == 403);
    CHECK(at.get("/api/v1/query/dashboards", narrow_key).status == 403);
  }

  TEST_CASE("the report of health counts what ended badly in its period") {
    site at;
    run_some(at);
    const json sick = at.get("/api/v1/reports/health?format=json&period=30m").body;
    CHECK(sick.at("summary").at("severity") == "crit");
    CHECK(sick.at("windowMinutes") == 30);
    CHECK(sick.at("facts").at("failedRuns") == 1);
    CHECK(at.get("/api/v1/reports/health?format=json", staging_key).body.at("summary").at("severity") == "ok");
    const answered prose = at.get("/api/v1/reports/health");
    CHECK(prose.header("content-type") == "text/markdown; charset=utf-8");
    CHECK(prose.text.find("- failed: 1") != std::string::npos);
    CHECK(at.get("/api/v1/reports/health?format=ansi").header("content-type") == "text/plain; charset=utf-8");
    for (const char* bad : {"format=xml", "period=0m", "period=1s", "period=1h30m", "period=91d", "period="})
      CHECK(at.get(std::string("/api/v1/reports/health?") + bad).status == 400);
    CHECK(at.get("/api/v1/reports/wealth").error() == "Unknown report \"wealth\". Available: health.");
    CHECK(at.get("/api/v1/reports/health", narrow_key).status == 403);
  }
}

}  // namespace triggerd::sandbox::test
