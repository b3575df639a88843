#include "unit/store/world.hpp"

#include "store/codes.hpp"
#include "store/ledger_file.hpp"
#include "store/row_reads.hpp"
#include "store/row_writes.hpp"
#include "store/schema.hpp"

using namespace triggerd;
using namespace triggerd::test;

namespace {

constexpr const char* fires = R"(
INSERT INTO fire VALUES('f', 'j', 'trigger', 'start', '', 1, 1, 5, 'done', '', '', '');
INSERT INTO fire VALUES('g', 'j', 'trigger', 'start', '', 1, 1, NULL, 'running', '', '', '');
)";

constexpr std::size_t numbered_legs = 4;  // the first schema that has them

constexpr const char* named_legs = R"(
INSERT INTO leg VALUES('f', 'u', '', 'done', 1, 1, 1, 1, 0, 0, 1, 0, 1, 0, 1, 5, '', '');
INSERT INTO leg VALUES('f', 't', '', 'done', 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 5, '', '');
INSERT INTO action VALUES('f', 'u', 1, 2, 'trigger', 'task', 'k', 'sp', 3, 'waiting', 4, 5, 6, 'run_2', 'c', 'n', 'm', 'b');
INSERT INTO action VALUES('f', 'u', 0, 1, 'trigger', 'task', 'k', '', 1, 'done', 1, 5, 6, 'run_1', '', '', '', '');
)";

constexpr const char* legs_with_numbers = R"(
INSERT INTO leg VALUES(7, 'f', 'u', '', 'done', 1, 1, 1, 1, 0, 0, 1, 0, 1, 0, 1, 5, '', '');
INSERT INTO leg VALUES(8, 'f', 't', '', 'done', 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 5, '', '');
INSERT INTO action VALUES(7, 1, 2, 'trigger', 'task', 'k', 'sp', 3, 'waiting', 4, 5, 6, 'run_2', 'c', 'n', 'm', 'b');
INSERT INTO action VALUES(7, 0, 1, 'trigger', 'task', 'k', '', 1, 'done', 1, 5, 6, 'run_1', '', '', '', '');
)";

action_row moved_action() {
  action_row row;
  row.fire = "f", row.target = "u", row.number = 1, row.attempt = 2;
  row.kind = "trigger", row.subject = "task", row.key = "k", row.spool = "sp";
  row.items = 3, row.state = action_state::waiting, row.tries = 4;
  row.intended = at_ms(5), row.settled = at_ms(6);
  row.run = "run_2", row.code = "c", row.note = "n", row.memo = "m", row.body = "b";
  return row;
}

}  // namespace

TEST_CASE("a file of a newer schema is refused in words and left as it is") {
  sqlite_world w;
  w.run(w.book().close());
  w.book_.reset();
  {
    auto db = connection::open(w.path());
    CHECK(db->run("PRAGMA user_version=99").has_value());
  }
  const std::string before = bytes_of(w.path());
  const auto refused = sqlite_ledger::open(w.path(), w.loop.get_executor(), w.time, w.journal);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == store::codes::newer_schema);
  CHECK(refused.error().message.find("schema 99") != std::string::npos);
  CHECK(refused.error().message.find(w.path()) != std::string::npos);
  CHECK(bytes_of(w.path()) == before);
}

TEST_CASE("another program's database is refused and left as it is") {
  temporary_directory place;
  put_bytes(place.file("x.db"), "");
  {
    auto db = connection::open(place.file("x.db"));
    CHECK(db->run("CREATE TABLE theirs(a)").has_value());
  }
  const std::string before = bytes_of(place.file("x.db"));
  const auto refused = open_ledger_file(place.file("x.db"), machine_clock());
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == store::codes::foreign_file);
  CHECK(bytes_of(place.file("x.db")) == before);
}

TEST_CASE("an older schema is brought forward step by step with its rows") {
  temporary_directory place;
  put_bytes(place.file("x.db"), "");
  auto db = connection::open(place.file("x.db"));
  REQUIRE(db.has_value());
  const char* const one[] = {"CREATE TABLE a(x); INSERT INTO a VALUES(7)"};
  const char* const two[] = {one[0], "ALTER TABLE a ADD COLUMN y DEFAULT 8"};
  CHECK(migrate(*db, one).has_value());
  CHECK(db->ask("PRAGMA user_version").value() == "1");
  CHECK(migrate(*db, two).has_value());
  CHECK(db->ask("PRAGMA user_version").value() == "2");
  CHECK(db->ask("SELECT x || y FROM a").value() == "78");
  CHECK(migrate(*db, two).has_value());
  CHECK(migrate(*db, one).error().code == store::codes::newer_schema);
}

TEST_CASE("a ledger of any earlier schema becomes one of today's, with its rows") {
  temporary_directory place;
  constexpr const char* tables = "SELECT group_concat(sql, '; ') FROM (SELECT sql FROM sqlite_schema ORDER BY name)";
  const auto steps = schema_steps();
  std::string today;
  for (std::size_t known = 0; known < steps.size(); ++known) {
    const std::string path = place.file("x" + std::to_string(known) + ".db");
    put_bytes(path, "");
    auto db = connection::open(path);
    REQUIRE(db.has_value());
    REQUIRE(migrate(*db, steps.first(known)).has_value());
    const bool rows = known > 0;
    if (rows) REQUIRE(db->run(fires).has_value());
    if (rows) REQUIRE(db->run(known < numbered_legs ? named_legs : legs_with_numbers).has_value());
    REQUIRE(migrate(*db).has_value());
    if (today.empty()) today = db->ask(tables).value();
    CHECK(db->ask(tables).value() == today);
    CHECK(db->check(connection::depth::pages_and_indexes).has_value());
    if (!rows) continue;
    CHECK(db->ask("SELECT count(*) FROM fire JOIN leg ON leg.fire = fire.id").value() == "2");
    CHECK(db->ask("SELECT id FROM fire WHERE ended < 6").value() == "f");
    CHECK(row_reads::unfinished_fires(*db).value().at(0).id == "g");
    CHECK(row_reads::legs(*db, "f").value().at(1).target == "u");
    const auto actions = row_reads::actions(*db, "f", "u", 0, 9).value();
    REQUIRE(actions.size() == 2);
    CHECK(actions[1] == moved_action());
    CHECK(row_reads::unsettled(*db, "f", "u", 0, 9, 9).value().rows.size() == 1);
    CHECK(row_reads::actions(*db, "f", "t", 0, 9).value().empty());
    CHECK(row_reads::action_behind(*db, "run_2", 9, 9).value() == moved_action());
    CHECK(row_reads::spooled(*db).value() == std::vector<std::string>{"sp"});
  }
}

TEST_CASE("a step that fails leaves the version before it") {
  temporary_directory place;
  put_bytes(place.file("x.db"), "");
  auto db = connection::open(place.file("x.db"));
  const char* const steps[] = {"CREATE TABLE a(x)", "CREATE TABLE b(x); CREATE TABLE a(x)"};
  CHECK_FALSE(migrate(*db, steps).has_value());
  CHECK(db->ask("PRAGMA user_version").value() == "1");
  CHECK(db->ask("SELECT count(*) FROM sqlite_schema").value() == "1");
}

TEST_CASE("the queries of every day walk the indexes made for them") {
  temporary_directory place;
  machine_clock time;
  auto file = open_ledger_file(place.file("ledger.db"), time);
  REQUIRE(file.has_value());
  const auto plan = [&](const std::string& sql) {
    query q(file->db, sql);
    std::string out;
    while (*q.step()) {
      (void)q.number(), (void)q.number(), (void)q.number();
      out += q.text() + "\n";
    }
    return out;
  };
  CHECK(plan("EXPLAIN QUERY PLAN SELECT id FROM fire WHERE ended IS NULL AND state IN ('running', 'queued')")
            .find("fire_unfinished") != std::string::npos);
  CHECK(
      plan("EXPLAIN QUERY PLAN SELECT * FROM action WHERE leg = (SELECT id FROM leg WHERE fire = 'f' AND target = 't') "
           "AND number >= 0 ORDER BY number LIMIT 5")
          .find("SEARCH action USING INDEX sqlite_autoindex_action_1 (leg=? AND number>?)") != std::string::npos);
  CHECK(plan("EXPLAIN QUERY PLAN SELECT id FROM fire WHERE ended < 5 AND state NOT IN ('running', 'queued') "
             "ORDER BY ended, id LIMIT 1")
            .find("fire_by_end") != std::string::npos);
  CHECK(plan("EXPLAIN QUERY PLAN SELECT spool FROM action WHERE spool <> '' ORDER BY spool").find("action_spooled") !=
        std::string::npos);
  CHECK(plan("EXPLAIN QUERY PLAN SELECT * FROM memory WHERE space = 's' AND name > 'a' ORDER BY name LIMIT 3")
            .find("SEARCH memory USING PRIMARY KEY") != std::string::npos);
}

TEST_CASE("a search in steps of any length finds what one look finds") {
  temporary_directory place;
  machine_clock time;
  auto file = open_ledger_file(place.file("ledger.db"), time);
  REQUIRE(file.has_value());
  connection& db = file->db;
  constexpr std::uint64_t numbers = 12;
  CHECK(store::apply(db, std::make_shared<const leg_row>(a_leg("f", "t"))).has_value());
  for (std::uint64_t n = 0; n < numbers; ++n) {
    const auto row = an_action("f", "t", 2 * n, n % 3 == 0 ? action_state::intended : action_state::done);
    CHECK(store::apply(db, std::make_shared<const action_row>(row)).has_value());
  }
  const auto found = [&db](std::size_t most, std::size_t among) {
    std::vector<std::uint64_t> out;
    for (std::optional<std::uint64_t> next = 0; next;) {
      const auto step = row_reads::unsettled(db, "f", "t", *next, most, among).value();
      CHECK(step.rows.size() <= most);
      for (const auto& row : step.rows) out.push_back(row.number);
      CHECK((!step.next || *step.next > *next));
      next = step.next;
    }
    return out;
  };
  for (std::size_t most = 1; most <= 5; ++most)
    for (std::size_t among = 1; among <= numbers + 1; ++among)
      CHECK(found(most, among) == std::vector<std::uint64_t>{0, 6, 12, 18});
}
